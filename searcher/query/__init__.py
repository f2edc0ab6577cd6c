"""The query language: tree, parser, dates and messages."""
