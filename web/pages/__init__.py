"""Pages: views and their view models."""
