"""The archiver's format: title, URL line, and sections for body, summary and metadata."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from index.archive.decoding import MalformedPost
from index.archive.hashtags import find_hashtags, hashtag_key
from index.archive.html import read_markup, read_plain, read_unknown
from index.archive.identity import identify
from index.archive.post import ARCHIVE_ZONE, Save, Section

# The archiver's headings, and those of other archives in its format; all in lower case.
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
# Matched from the end of a title.
_CUT_CHARACTER = re.compile(r"([.\s…]*+)\ufffd+")


class ArchiverFile:
    """A text in the archiver's format: the lines before its first section, and its sections."""

    def __init__(self, text: str) -> None:
        self._header, self._sections = _split_sections(text)
        self._url = next((match[1].strip() for line in self._header if (match := _URL_LINE.match(line))), "")

    @property
    def confidence(self) -> float:
        if self._url:
            return 1.0
        return 0.5 if _known_sections(self._sections) else 0.0

    def url(self) -> str:
        if not self._url:
            raise MalformedPost("has no **URL** line before its first section", len(self._header))
        return self._url.strip("<>")

    def save(self, archive: str, path: str) -> Save:
        url = self.url()
        known = _known_sections(self._sections)
        claims, beside_claims = _read_claims(known["claims"].text) if "claims" in known else ({}, "")
        title = _read_title(self._header)
        loose = _loose_text(self._header)
        # A file without a body section has its text before the first section, or nowhere.
        body, extra = (known["body"].text, loose) if "body" in known else (loose, "")
        source = identify(url).source
        read_body = {"weibo": read_markup, "arxiv": read_plain}.get(source, read_unknown)
        content = read_body(body)
        others = [section for section in self._sections if not any(section is other for other in known.values())]
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
                for section in (Section("", extra), *others, Section("", beside_claims))
                if section.heading or section.text
            ),
        )


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
    if not line.startswith("## ") or not (heading := line[3:].strip()):
        return False
    if _heading_key(heading) in _HEADINGS:
        return True
    before = lines[at - 1] if at else ""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    return not before.strip() and not after.strip()


def _known_sections(sections: list[Section]) -> dict[str, Section]:
    """Return the body, summary and claims that are there, first of all those under the archiver's own headings."""
    known: dict[str, Section] = {}
    for headings in (_HEADINGS, _OTHER_HEADINGS):
        for section in sections:
            if kind := headings.get(_heading_key(section.heading)):
                known.setdefault(kind, section)
    return known


def _heading_key(heading: str) -> str:
    return " ".join(heading.lower().split())


def _read_title(header: list[str]) -> str:
    line = next((line for line in header if line.startswith("# ")), "")
    # The archiver cuts titles by bytes: the rest of a cut character is no part of the title.
    title = unescape(line[2:])
    if cut := _CUT_CHARACTER.match(title[::-1]):
        title = title[: len(title) - cut.end()] + cut[1][::-1]
    return " ".join(title.split())


def _loose_text(header: list[str]) -> str:
    """Return the lines before the first section that are neither title nor URL."""
    title = next((at for at, line in enumerate(header) if line.startswith("# ")), -1)
    return "\n".join(line for at, line in enumerate(header) if at != title and not _URL_LINE.match(line)).strip()


def _read_claims(text: str) -> tuple[dict[str, str], str]:
    """Return the claims of a metadata section, and its other lines."""
    claims: dict[str, str] = {}
    rest = []
    for line in text.split("\n"):
        if match := _CLAIM_LINE.match(line.strip()):
            claims[match[1].strip()] = match[2].strip()
        else:
            rest.append(line)
    return claims, "\n".join(rest).strip()


def _saved(claims: dict[str, str], path: str) -> datetime | None:
    """Return the time of a save: as claimed, or else the day that its metadata or its folder names."""
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
    """Return the hashtags of both, for each topic the first spelling."""
    by_key: dict[str, str] = {}
    for spelling in (*hashtags, *more):
        by_key.setdefault(hashtag_key(spelling), spelling)
    return tuple(by_key.values())
