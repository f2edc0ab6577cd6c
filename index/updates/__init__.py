"""The update flow over the protocol of a backend: scan, guards, post updates, reports, checks."""
