"""The API: answers in JSON and XML, the OpenAPI description, exports and files."""
