"""File formats: each is one module, and one entry of FORMATS."""

from collections.abc import Callable
from typing import Protocol

from index.archive.decoding import MAX_UNCHECKED_BYTES, MalformedPost, NotAPost, check_length, merge_sides, read_sides
from index.archive.formats.archiver import ArchiverFile
from index.archive.post import Save


class FormattedFile(Protocol):
    """The text of a file, seen as one format."""

    @property
    def confidence(self) -> float:
        """Return how sure it is that the text is of this format, from 0, for not at all, to 1."""

    def url(self) -> str:
        """Return the URL of the post; raise MalformedPost if there is none."""

    def save(self, archive: str, path: str) -> Save:
        """Return the save; raise MalformedPost if there is none."""


FORMATS: tuple[Callable[[str], FormattedFile], ...] = (ArchiverFile,)


def read_save(raw: bytes, archive: str, path: str) -> Save:
    """Return the save that the bytes of the file at `path` in the folder `archive` hold.

    A file with git conflict markers is read as both of its sides: the one saved later is the save, and the texts that
    only the other has are its `other_side`. Raises MalformedPost or NotAPost.
    """
    saves: list[Save] = []
    failures: list[MalformedPost | NotAPost] = []
    for side in read_sides(raw):
        try:
            saves.append(_recognise(side).save(archive, path))
        except (MalformedPost, NotAPost) as error:
            failures.append(error)
    if not saves:
        raise failures[0]
    save = saves[0] if len(saves) == 1 else merge_sides(*saves)
    if len(raw) > MAX_UNCHECKED_BYTES:
        check_length(save)
    return save


def read_url(raw: bytes, path: str) -> str:
    """Return the URL of the save that `read_save` returns, most often without reading the rest; raises as that does."""
    sides = read_sides(raw)
    # The path may decide which side of a conflict is the later one, and the texts whether a large file is too long.
    if len(sides) > 1 or len(raw) > MAX_UNCHECKED_BYTES:
        return read_save(raw, "", path).url
    return _recognise(sides[0]).url()


def _recognise(text: str) -> FormattedFile:
    """Return `text` in the format that is surest of it, of equally sure ones the first; raise NotAPost if none is."""
    best = max((form(text) for form in FORMATS), key=lambda file: file.confidence)
    if not best.confidence:
        raise NotAPost
    return best
