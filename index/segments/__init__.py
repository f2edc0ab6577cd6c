"""Segments: postings, columns and stored posts as mapped arrays. docs/index-format.md describes the file."""
