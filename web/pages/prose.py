"""A text of a post → stretches, some of which lead somewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What Chinese authors write where an image belongs.
_IMAGE = r"【图\s*(?P<number>\d{1,3})】"
_ADDRESS = r"(?P<address>https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+)"
_LEADING = re.compile(f"{_IMAGE}|{_ADDRESS}")
# What ends a sentence and not an address.
_SENTENCE_END = ".,;:!?')]"


@dataclass(frozen=True, slots=True)
class Run:
    """Is a stretch of a text: `url` is where it leads, in the page or `outside` of it, if anywhere."""

    text: str
    url: str = ""
    outside: bool = False


def make_prose(text: str, images: int) -> tuple[Run, ...]:
    """Return `text` with its addresses as links, and 【图3】 as one to the third of the `images` in the page."""
    return tuple(_runs(text, images))


def image_id(number: int) -> str:
    """Return the name that the n-th image has in a page."""
    return f"image-{number}"


def _runs(text: str, images: int) -> Iterator[Run]:
    at = 0
    for match in _LEADING.finditer(text):
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
        return Run(match[0], f"#{image_id(number)}") if 1 <= number <= images else None
    address = match["address"].rstrip(_SENTENCE_END)
    return Run(address, address, outside=True)
