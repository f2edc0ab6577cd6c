"""The API: JSON, its OpenAPI description, exports, feeds, files and browser search."""
