"""Whoosh over a segment: the table of contents, codec, schema and analyzer that make an index a Whoosh index."""
