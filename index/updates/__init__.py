"""The update flow: files compared with the catalog, changed posts, reports."""
