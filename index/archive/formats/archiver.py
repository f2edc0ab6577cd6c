"""The archiver's format: title, URL line, and sections for body, summary and metadata."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
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
_TIME_CLAIMS = ("保存时间", "Saved", "saved", "Saved at", "目录日期", "Date", "date")
_DATED_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")
# Matched from the end of a title.
_CUT_CHARACTER = re.compile(r"([.\s…]*+)\ufffd+")


class ArchiverFile:
    """A text in the archiver's format: the lines before its first section, and its sections."""

    def __init__(self, text: str) -> None:
        self._header, self._sections = _split_sections(text)
        self._url = next((match[1].strip() for line in self._header if (match := _URL_LINE.match(line))), "")

    @cached_property
    def _known(self) -> dict[str, Section]:
        """Return the body, summary and claims that are there, first of all those under the archiver's own headings."""
        known: dict[str, Section] = {}
        for headings in (_HEADINGS, _OTHER_HEADINGS):
            for section in self._sections:
                if kind := headings.get(_heading_key(section.heading)):
                    known.setdefault(kind, section)
        return known

    @property
    def confidence(self) -> float:
        return 1.0 if self._url else 0.5 if self._known else 0.0

    def url(self) -> str:
        if not self._url:
            raise MalformedPost("has no **URL** line before its first section", len(self._header))
        return self._url.strip("<>")

    def save(self, archive: str, path: str) -> Save:
        url = self.url()
        texts = {kind: section.text for kind, section in self._known.items()}
        claims, beside_claims = _read_claims(texts.get("claims", ""))
        title, loose = _read_header(self._header)
        # A file without a body section has its text before the first section, or nowhere.
        body, extra = (texts["body"], loose) if "body" in texts else (loose, "")
        read_body = {"weibo": read_markup, "arxiv": read_plain}.get(identify(url).source, read_unknown)
        content = read_body(body)
        hashtags: dict[str, str] = {}  # for each topic the first spelling
        for spelling in (*content.hashtags, *find_hashtags(title)):
            hashtags.setdefault(hashtag_key(spelling), spelling)
        known = {id(section) for section in self._known.values()}
        others = (section for section in self._sections if id(section) not in known)
        sections = (Section("", extra), *others, Section("", beside_claims))
        return Save(
            archive=archive,
            path=path,
            url=url,
            title=title,
            content=replace(content, hashtags=tuple(hashtags.values())),
            summary=texts.get("summary", ""),
            saved=_saved(claims, path),
            claims=claims,
            sections=tuple(section for section in sections if section.heading or section.text),
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
    around = lines[max(at - 1, 0) : at] + lines[at + 1 : at + 2]
    return _heading_key(heading) in _HEADINGS or not "".join(around).strip()


def _heading_key(heading: str) -> str:
    return " ".join(heading.lower().split())


def _read_header(header: list[str]) -> tuple[str, str]:
    """Return the title, and the lines before the first section that are neither title nor URL."""
    at = next((at for at, line in enumerate(header) if line.startswith("# ")), len(header))
    loose = (line for line in header[:at] + header[at + 1 :] if not _URL_LINE.match(line))
    # The archiver cuts titles by bytes: the rest of a cut character is no part of the title.
    title = unescape("".join(header[at : at + 1])[2:])
    if cut := _CUT_CHARACTER.match(title[::-1]):
        title = title[: len(title) - cut.end()] + cut[1][::-1]
    return " ".join(title.split()), "\n".join(loose).strip()


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
    candidates = [claims[name] for name in _TIME_CLAIMS if name in claims]
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
