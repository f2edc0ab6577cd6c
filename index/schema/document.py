"""Documents, the form in which both backends take in a post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.archive.post import Post
from index.schema.fields import FIELDS, NUMBERS
from index.schema.stored_post import encode_post
from index.schema.zones import Zone, zone_texts
from index.text import tokenizer
from index.text.folding import fold
from index.text.segmenter import Segmenter

# Follows each text of a document; no folded text contains it.
END_OF_TEXT = "\n"


class Text(NamedTuple):
    """A folded text of a document with its words."""

    zone: Zone
    folded: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its texts in order of zone, and its values by field.

    `facets` are values of the fields in FIELDS, `numbers` of those in NUMBERS; `blobs` are only stored.
    """

    texts: Sequence[Text]
    facets: Mapping[str, list[str]]
    numbers: Mapping[str, int]
    blobs: Mapping[str, bytes]


def make_document(post: Post, segmenter: Segmenter) -> Document:
    """Return the document of `post`, its Han text cut by `segmenter`."""
    folded = ((zone, fold(text.strip())) for zone, texts in zone_texts(post).items() for text in texts)
    return Document(
        texts=[Text(zone, text, tokenizer.word_tokens(text, segmenter)) for zone, text in folded],
        facets={field.name: field.read(post) for field in FIELDS.values()},
        numbers={name: read(post) for name, read in NUMBERS.items()},
        blobs={"post": encode_post(post)},
    )
