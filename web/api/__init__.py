"""The API: JSON, OpenAPI, exports, feeds and raw files."""
