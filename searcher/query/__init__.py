"""The query language: fields, dates, scanner and parser, and the tree that they make."""
