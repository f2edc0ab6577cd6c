"""A Whoosh codec whose postings and columns are arrays: mapped from the file, never parsed.

A segment is one file of named, checksummed blocks. docs/index-format.md describes it.
"""
