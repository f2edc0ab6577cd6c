"""A folder of markdown files → saves, or MalformedPost naming the file and the line."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from operator import attrgetter
from pathlib import Path

from index.archive.hashtags import find_hashtags, hashtag_key
from index.archive.html import looks_like_markup, read_markup, read_plain
from index.archive.identity import identify
from index.archive.post import ARCHIVE_ZONE, Content, Save, Section
from index.errors import ArchiveError
from index.text.folding import fold

MAX_BYTES = 16 * 1024 * 1024
# Folded characters of a save, as many as a file of ASCII has. Two bytes of UTF-16 may be eighteen of them, ﷺ.
_MOST_CHARACTERS = MAX_BYTES
_SURELY_FEWER = _MOST_CHARACTERS // 9

# The archiver's headings, and what other archives of its shape call them; all in lower case.
_HEADINGS = {"原始摘要": "body", "ai 摘要": "summary", "元数据": "claims"}
_OTHER_HEADINGS = {
    **dict.fromkeys(("原文", "原始内容", "正文", "abstract", "original", "original abstract", "original text"), "body"),
    **dict.fromkeys(("ai摘要", "摘要", "ai summary", "summary"), "summary"),
    "metadata": "claims",
}
_URL_LINE = re.compile(r"\*\*(?:URL|url|Url|链接|Link)\*\*\s*[:：]\s*(\S.*)")
_CLAIM_LINE = re.compile(r"[-*]\s+\*\*(.+?)\*\*\s*[:：]\s*(.*)")
_SAVED_CLAIMS = ("保存时间", "Saved", "saved", "Saved at")
_DATE_CLAIMS = ("目录日期", "Date", "date")
_DATED_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_FILE = "is a link that leads nowhere, or no regular file"
# Read from the end of a title.
_CUT_CHARACTER = re.compile(r"([.\s…]*+)\ufffd+")
_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


class MalformedPost(Exception):
    """Names a file that looks like a post but can't be read as one; `line` is 0 where the whole file is meant."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NotAPost(Exception):
    """Says that a markdown file makes no claim to be a post: it has neither a URL line nor a known section."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Names a file or folder that could not be opened while walking."""

    path: str
    reason: str


def walk(root: Path) -> Iterator[os.DirEntry[str] | Unreadable]:
    """Yield the markdown files below `root` in a stable order, and what could not be looked into.

    Folders behind symbolic links are entered, but never one that is already open above. Hidden files and
    folders are passed over. Raises ArchiveError if `root` itself is no folder or can't be read.
    """
    try:
        first = _Folder(_list(root), frozenset([_inode(root.stat())]))
    except FileNotFoundError:
        raise ArchiveError(
            f"There is no folder {root}: check the path, or mount the disk it is on. If it is gone for good, "
            "`searcher index --prune` forgets it and its posts."
        ) from None
    except NotADirectoryError:
        raise ArchiveError(f"{root} is a file: an archive is a folder of markdown files.") from None
    except OSError as error:
        raise ArchiveError(f"The archive {root} can't be read: {error.strerror}.") from error
    open_folders = [first]
    while open_folders:
        entry = next(open_folders[-1].entries, None)
        if entry is None:
            open_folders.pop()
            continue
        try:
            if not entry.is_dir():
                if entry.name.endswith(".md"):
                    yield entry if entry.is_file() else Unreadable(entry.path, _NO_FILE)
            elif (inode := _inode(entry.stat())) in open_folders[-1].above:
                yield Unreadable(entry.path, "is a link to a folder above itself; not entered again")
            else:
                open_folders.append(_Folder(_list(entry.path), open_folders[-1].above | {inode}))
        except OSError as error:
            yield Unreadable(entry.path, f"can't be opened: {error.strerror}")


@dataclass(frozen=True, slots=True)
class _Folder:
    """Is a folder being walked: what is left of it, and itself and those around it."""

    entries: Iterator[os.DirEntry[str]]
    above: frozenset[tuple[int, int]]


def _list(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return iter(sorted((e for e in entries if not e.name.startswith(".")), key=attrgetter("name")))


def _inode(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_dev, stat.st_ino


def read_save(raw: bytes, archive: str, path: str) -> Save:
    """Return the save that the bytes of the file at `path` in the folder `archive` hold.

    A file with git conflict markers is read as both of its sides: the one saved later is the save, and what
    the other says beside it is kept as `other_side`. Raises MalformedPost or NotAPost.
    """
    sides = _split_conflict(_decode(raw))
    saves: list[Save] = []
    failures: list[MalformedPost | NotAPost] = []
    for side in sides:
        try:
            saves.append(_read_side(side, archive, path))
        except (MalformedPost, NotAPost) as error:
            failures.append(error)
    if not saves:
        raise failures[0]
    save = saves[0] if len(saves) == 1 else _merge_sides(*saves)
    if len(raw) > _SURELY_FEWER:
        _check_length(save)
    return save


def _check_length(save: Save) -> None:
    characters = sum(len(fold(text)) for text in save.texts)
    if characters > _MOST_CHARACTERS:
        raise MalformedPost(f"unfolds to {characters:,} characters; a post has at most {_MOST_CHARACTERS:,}")


def read_url(raw: bytes, path: str) -> str:
    """Return the URL of the save that `read_save` returns, most often without reading the rest; raises as that does."""
    sides = _split_conflict(_decode(raw))
    # Which side of a conflict is the later one, its path may tell; what a large file unfolds to, its texts.
    if len(sides) > 1 or len(raw) > _SURELY_FEWER:
        return read_save(raw, "", path).url
    return _url(*_split_sections(sides[0]))


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise MalformedPost(f"is {len(raw) // 2**20} MB; a post of over {MAX_BYTES // 2**20} MB is not read")
    if not raw.strip():
        raise MalformedPost("is empty")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as(("utf-16",), raw, "is not the UTF-16 text that it begins as")
    if b"\0" in raw:
        raise MalformedPost("is binary, not text", raw[: raw.index(b"\0")].count(b"\n") + 1)
    return _decode_as(("utf-8-sig", "gb18030"), raw, "is neither UTF-8 nor GB18030 text")


def _decode_as(encodings: tuple[str, ...], raw: bytes, otherwise: str) -> str:
    """Return the text of `raw` in the first of `encodings` that it is; the line of an error is the first's."""
    line = 0
    for encoding in encodings:
        try:
            return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = line or raw[: error.start].count(b"\n") + 1
    raise MalformedPost(otherwise, line)


def _split_conflict(text: str) -> list[str]:
    """Return the sides of a file with conflict markers, ours first, or the text alone."""
    if _OURS not in text or _THEIRS not in text:
        return [text]
    ours: list[str] = []
    theirs: list[str] = []
    both, nowhere = (ours, theirs), ()
    into: tuple[list[str], ...] = both
    conflicts = 0
    for line in text.split("\n"):
        marker = line[:7] if line[7:8] in ("", " ") else ""
        if marker == _OURS and into is both:
            into = (ours,)
        elif marker == _BASE and into == (ours,):
            into = nowhere
        elif marker == _MIDDLE and into is not both:
            into = (theirs,)
        elif marker == _THEIRS and into is not both:
            into = both
            conflicts += 1
        else:
            for side in into:
                side.append(line)
    return ["\n".join(ours), "\n".join(theirs)] if conflicts else [text]


def _merge_sides(ours: Save, theirs: Save) -> Save:
    later, earlier = sorted((ours, theirs), key=_saved_or_never, reverse=True)
    summary = earlier.summary if later.has_placeholder_summary else later.summary
    winner = replace(later, summary=summary)
    lost = dict.fromkeys(text for text in (*later.texts, *earlier.texts) if text and text not in winner.texts)
    return replace(winner, other_side=tuple(lost))


def _saved_or_never(save: Save) -> datetime:
    return save.saved or datetime.min.replace(tzinfo=UTC)


def _read_side(text: str, archive: str, path: str) -> Save:
    header, sections = _split_sections(text)
    url = _url(header, sections)
    known = _known_sections(sections)
    claims, beside_claims = _read_claims(known["claims"].text) if "claims" in known else ({}, "")
    title = _read_title(header)
    loose = _loose_text(header)
    # A file without a body section has its text before the first section, or nowhere.
    body, extra = (known["body"].text, loose) if "body" in known else (loose, "")
    content = _read_body(body, url)
    return Save(
        archive=archive,
        path=path,
        url=url,
        title=title,
        content=replace(content, hashtags=_unite(content.hashtags, find_hashtags(title))),
        summary=known["summary"].text if "summary" in known else "",
        saved=_saved(claims, path),
        claims=claims,
        sections=tuple(
            section
            for section in (Section("", extra), *sections, Section("", beside_claims))
            if _is_extra(section, known)
        ),
    )


def _url(header: list[str], sections: list[Section]) -> str:
    url = next((match[1].strip() for line in header if (match := _URL_LINE.match(line))), "")
    if url:
        return url.strip("<>")
    if _known_sections(sections):
        raise MalformedPost("has no **URL** line before its first section", len(header))
    raise NotAPost


def _is_extra(section: Section, known: dict[str, Section]) -> bool:
    return bool(section.heading or section.text) and not any(section is one for one in known.values())


def _split_sections(text: str) -> tuple[list[str], list[Section]]:
    """Return the lines before the first section, and the sections.

    A heading is `## ` with a name, and stands apart between blank lines: a body may well open with `##`.
    """
    lines = text.split("\n")
    headings = [at for at in range(len(lines)) if _is_heading(lines, at)]
    ends = [*headings, len(lines)][1:]
    sections = [
        Section(lines[at][3:].strip(), "\n".join(lines[at + 1 : end]).strip())
        for at, end in zip(headings, ends, strict=True)
    ]
    return lines[: headings[0]] if headings else lines, sections


def _is_heading(lines: list[str], at: int) -> bool:
    line = lines[at]
    if not line.startswith("## ") or not (name := line[3:].strip()):
        return False
    if _name(name) in _HEADINGS:
        return True
    before = lines[at - 1] if at else ""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    return not before.strip() and not after.strip()


def _known_sections(sections: list[Section]) -> dict[str, Section]:
    """Return the body, summary and claims, where there are: under the archiver's own headings, or else others."""
    others = {kind: one for one in reversed(sections) if (kind := _OTHER_HEADINGS.get(_name(one.heading)))}
    own = {kind: one for one in reversed(sections) if (kind := _HEADINGS.get(_name(one.heading)))}
    return {**others, **own}


def _name(heading: str) -> str:
    return " ".join(heading.lower().split())


def _read_title(header: list[str]) -> str:
    line = next((line for line in header if line.startswith("# ")), "")
    # The archiver cuts titles by bytes: what is left of a cut character is no part of the title.
    title = unescape(line[2:])
    if cut := _CUT_CHARACTER.match(title[::-1]):
        title = title[: len(title) - cut.end()] + cut[1][::-1]
    return " ".join(title.split())


def _loose_text(header: list[str]) -> str:
    """Return what stands before the first section and is neither title nor URL."""
    titled = next((at for at, line in enumerate(header) if line.startswith("# ")), -1)
    return "\n".join(line for at, line in enumerate(header) if at != titled and not _URL_LINE.match(line)).strip()


def _read_body(body: str, url: str) -> Content:
    source = identify(url).source
    if source == "weibo" or (source != "arxiv" and looks_like_markup(body)):
        return read_markup(body)
    return read_plain(body)


def _read_claims(text: str) -> tuple[dict[str, str], str]:
    """Return the claims of a metadata section, and what else stands there."""
    claims: dict[str, str] = {}
    rest = []
    for line in text.split("\n"):
        if match := _CLAIM_LINE.match(line.strip()):
            claims[match[1].strip()] = match[2].strip()
        else:
            rest.append(line)
    return claims, "\n".join(rest).strip()


def _saved(claims: dict[str, str], path: str) -> datetime | None:
    """Return when a save was made: by its own word, or else the day its metadata or its folder names."""
    candidates = [claims[name] for name in (*_SAVED_CLAIMS, *_DATE_CLAIMS) if name in claims]
    candidates += [part for part in reversed(Path(path).parts[:-1]) if _DATED_FOLDER.fullmatch(part)]
    return next((moment for text in candidates if (moment := _parse_time(text))), None)


def _parse_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=ARCHIVE_ZONE)).astimezone(UTC)
        moment.astimezone(ARCHIVE_ZONE)  # at either end of the calendar there may be no such time in the zone
        return moment
    except (ValueError, OverflowError):
        return None


def _unite(hashtags: tuple[str, ...], more: list[str]) -> tuple[str, ...]:
    """Return the hashtags of both, one spelling a topic, the first one met."""
    by_key: dict[str, str] = {}
    for spelling in (*hashtags, *more):
        by_key.setdefault(hashtag_key(spelling), spelling)
    return tuple(by_key.values())
