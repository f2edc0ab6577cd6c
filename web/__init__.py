"""The search pages and the HTTP API."""
