"""The Whoosh schema of an index."""

from whoosh import fields

from index.schema.fields import FIELDS


def make_schema() -> fields.Schema:
    """Return the Whoosh schema: what has postings, and what of it stock queries may rank."""
    term = fields.ID()
    return fields.Schema(
        words=fields.KEYWORD(scorable=True),
        characters=fields.KEYWORD(scorable=True),
        pairs=fields.KEYWORD(scorable=True),
        **dict.fromkeys(FIELDS, term),
        post=fields.STORED(),
    )
