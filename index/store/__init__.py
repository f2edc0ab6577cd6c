"""The folder backend: directory, lock, manifest, catalog layers, commits, updates and checks."""
