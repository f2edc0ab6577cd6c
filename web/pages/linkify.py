"""Links in the text of a post: web addresses, and references to its images."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# How authors refer to the third image: 【图3】.
_IMAGE = r"【图\s*(?P<number>\d{1,3})】"
_ADDRESS = r"(?P<address>https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+)"
_LINK = re.compile(f"{_IMAGE}|{_ADDRESS}")
# Punctuation after an address belongs to the sentence.
_SENTENCE_END = ".,;:!?')]"


class Run(NamedTuple):
    """A run of text; `url`, if any, is a link in the page or, if `outside`, to another site."""

    text: str
    url: str = ""
    outside: bool = False


def linkify(text: str, images: int) -> tuple[Run, ...]:
    """Return `text` as runs, with links for its addresses and for references to the page's `images`, a count.

    The image numbered 3 has the element id image-3.
    """
    return tuple(_runs(text, images))


def _runs(text: str, images: int) -> Iterator[Run]:
    at = 0
    for match in _LINK.finditer(text):
        run = _run(match, images)
        if run is None:
            continue
        if match.start() > at:
            yield Run(text[at : match.start()])
        yield run
        at = match.start() + len(run.text)
    if at < len(text):
        yield Run(text[at:])


def _run(match: re.Match[str], images: int) -> Run | None:
    if match["number"]:
        number = int(match["number"])
        return Run(match[0], f"#image-{number}") if 1 <= number <= images else None
    address = match["address"].rstrip(_SENTENCE_END)
    return Run(address, address, outside=True)
