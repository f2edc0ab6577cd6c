"""An index whose files are changed: it answers rightly or refuses by a sentence, whatever was done to them.

Each change is some bytes, changes follow one another:

    which file    what is done    where, 3 bytes    length    so many bytes to do it with

If the first of what is done has its highest bit set, whoever changed them knew how to mend the checksums of
records, and of the table of contents. Then any answer may be a right one, but there has to be one, or a sentence.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from index.backend import check, open_backend
from index.errors import SearcherError
from searcher import open_searcher
from searcher.request import SearchRequest

QUERIES = ("", '"大模型"', "大模型 部署 -title:a", "#大模型#", "模型* model~", "date:2025 in:summary 机器")
FILES = (
    "searcher.json",
    "data-*/_MAIN_*.toc",
    "data-*/manifest-*.json",
    "data-*/files-*.json",
    "data-*/import-*.json",
    "data-*/MAIN_*.arr",
    "data-*/MAIN_*.arr",
    "data-*/dictionary.arr",
    "data-*/words.txt",
)
_HEADER = 6
_MENDED = 0x80


def ask_damaged(location: Path, content: bytes) -> None:
    """Change the files of the index at `location` as `content` says, ask it everything, and put them back."""
    right = _right(location)
    with _changed(location, content) as is_forged:
        for question, ask in QUESTIONS.items():
            with suppress(SearcherError):
                answer = ask(location)
                assert is_forged or answer == right[question], question


def _answers(location: Path) -> list[object]:
    with open_searcher(location) as searcher:
        pages = [searcher.search(SearchRequest(query, page_size=50)).as_json() for query in QUERIES]
        found: list[object] = [{**page, "took_ms": 0} for page in pages]
        post = searcher.post("arxiv:2505.01234")
        explained = searcher.explain(QUERIES[2]).as_json()
        return [*found, post, searcher.suggest("mo"), explained, searcher.stats(), searcher.imports()]


def _posts(location: Path) -> object:
    with open_backend(location).contents() as source:
        return source.files, list(source.iter_posts())


QUESTIONS: dict[str, Callable[[Path], object]] = {
    "answers": _answers,
    "posts": _posts,
    # Whatever a check finds is right; it has to end.
    "check": lambda location: check(location) and None,
}


@cache
def _right(location: Path) -> dict[str, object]:
    return {question: ask(location) for question, ask in QUESTIONS.items()}


@contextmanager
def _changed(location: Path, content: bytes) -> Iterator[bool]:
    """Give whether the changes in `content` were made by someone who can mend checksums."""
    paths = [path for pattern in FILES if (path := next(iter(sorted(location.glob(pattern))), None))]
    is_forged = len(content) > 1 and bool(content[1] & _MENDED)
    before: dict[Path, bytes] = {}
    after: dict[Path, bytearray] = {}
    while len(content) >= _HEADER:
        which, how, place = content[0], content[1], int.from_bytes(content[2:5], "little")
        given, content = content[_HEADER : _HEADER + content[5]], content[_HEADER + content[5] :]
        path = paths[which % len(paths)]
        if path not in before:
            before[path] = path.read_bytes()
            after[path] = bytearray(before[path])
        _change(after[path], how, place, given)
    if is_forged:
        _mend_toc(paths, before, after)
    try:
        for path, changed in after.items():
            if is_forged:
                _mend(path, changed)
            _replace(path, bytes(changed))
        yield is_forged
    finally:
        for path, whole in before.items():
            _replace(path, whole)


def _change(content: bytearray, how: int, place: int, given: bytes) -> None:
    at = place % (len(content) + 1)
    match how % 4:
        case 0:
            content[at : at + len(given)] = given
        case 1:
            for offset, byte in enumerate(given[: len(content) - at]):
                content[at + offset] ^= byte
        case 2:
            content[at:at] = given
        case 3:
            del content[at : at + 1 + int.from_bytes(given, "little")]


def _replace(path: Path, content: bytes) -> None:
    # In another file, as a mapped one that becomes shorter ends the process that reads it.
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _mend_toc(paths: list[Path], before: dict[Path, bytes], after: dict[Path, bytearray]) -> None:
    """Put the checksum of a table of contents that was changed into the manifest."""
    (manifest,) = (path for path in paths if path.name.startswith("manifest"))
    for toc in [path for path in after if path.suffix == ".toc"]:
        before.setdefault(manifest, manifest.read_bytes())
        named = b'"toc": %d' % zlib.crc32(after[toc])
        after[manifest] = bytearray(re.sub(rb'"toc": \d+', named, after.get(manifest, before[manifest])))


def _mend(path: Path, content: bytearray) -> None:
    if path.suffix == ".json":
        head = len(b'{"crc32": "01234567", "record": ')
        content[11:19] = b"%08x" % zlib.crc32(content[head:-1])
