"""Archives: folders of markdown files, read as saves and posts."""
