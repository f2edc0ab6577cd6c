"""The folder backend: directory, lock, manifest, file catalog and commits."""
