"""An index as stock Whoosh opens it, with the Chinese analyzer."""

from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import Index

from index.segments.record import INDEX_NAME
from index.whoosh.analyzer import ChineseTokenizer
from index.whoosh.schema import make_schema

__all__ = ["Index", "open_index"]


def open_index(data: Path, frequencies: tuple[tuple[str, int], ...]) -> Index:
    """Return the index in the folder `data`; `frequencies` are the user's words with the frequency of each."""
    return FileStorage(str(data)).open_index(INDEX_NAME, schema=make_schema(ChineseTokenizer(frequencies)))
