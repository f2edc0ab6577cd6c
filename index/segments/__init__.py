"""Segments: immutable files of postings, columns and stored posts, mapped as arrays; see docs/index-format.md."""
