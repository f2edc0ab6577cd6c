"""The cluster backend: address, client, documents, metadata, updates and checks."""
