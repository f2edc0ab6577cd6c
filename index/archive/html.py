"""The body of a post, HTML or plain text → its text, quoted text, links, images, videos and hashtags."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from index.archive.hashtags import find_hashtags
from index.archive.post import Content, Link

_BLOCKS = {
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
# Elements by which a text of unknown origin is taken for HTML; `<b` and the like occur in formulas.
_STRUCTURE = _BLOCKS | {"a", "br", "img", "span", "video"}
# Elements whose content readers don't see; that of a video is for browsers that can't play it.
_HIDING = {"script", "style", "template", "head", "title", "noscript", "iframe", "object", "svg", "video"}
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def read_plain(body: str) -> Content:
    """Return the content of a body of plain text, none of which is taken for markup."""
    text = body.strip()
    return Content(text=text, hashtags=tuple(find_hashtags(text)))


def read_markup(body: str) -> Content:
    """Return the content of a body of HTML, however broken; one too deep to parse is taken for plain text."""
    reader = _thread.reader
    return reader.content() if reader.parse(body) else read_plain(body)


def read_unknown(body: str) -> Content:
    """Return the content of a body of unknown origin: of HTML if it has an element of _STRUCTURE, or of plain text."""
    reader = _thread.reader
    is_markup = "<" in body and reader.parse(body) and reader.has_structure
    return reader.content() if is_markup else read_plain(body)


def unwrap(href: str) -> str:
    """Return the address behind a Weibo redirect, or `href` itself if it is none."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    if parts.path == "/sinaurl" and (parts.hostname or "").endswith(("weibo.cn", "weibo.com")):
        return (parse_qs(parts.query).get("u") or parse_qs(parts.query).get("toasturl") or [href])[0]
    return href


@dataclass(slots=True)
class _Stream:
    """Running text, and the (start, end) of hashtags that the site linked in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    linked: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def hashtags(self) -> list[str]:
        return find_hashtags("".join(self.parts), self.linked)

    def text(self) -> str:
        lines = _LINE_ENDS.sub("\n", _SPACES.sub(" ", "".join(self.parts)))
        return _BLANK_LINES.sub("\n\n", lines).strip()


class _Reader:
    """A parser and its target, which it calls for each element and text in their order, to collect the content.

    A target and not a tree, since the tree of "a</html>b" has lost the b.
    """

    def __init__(self) -> None:
        # The stubs ask every target for comment(), which lxml doesn't.
        self._parser = etree.HTMLParser(target=self, encoding="utf-8", huge_tree=True)  # type: ignore[arg-type]

    def parse(self, body: str) -> bool:
        """Parse `body`, and return whether the parser got to its end."""
        self.has_structure = False
        self._own = _Stream()
        self._quoted = _Stream()
        self._quote_depth = 0
        self._hidden_depth = 0
        self._icon_depth = 0
        self._wants_video = False
        # For each open <a> and <span>: its attributes, and its first part and start in the stream.
        self._open: list[tuple[Mapping[str, str], int, int]] = []
        self._links: list[Link] = []
        self._images: list[str] = []
        self._videos: list[str] = []
        # The parser makes text before the first tag a paragraph, except within an element that it doesn't know.
        self._parser.feed(f"<x-post>{body}".encode("utf-8", "replace"))
        self._parser.close()
        return not any(entry.level == etree.ErrorLevels.FATAL for entry in self._parser.feed_error_log)

    def close(self) -> None:
        """End the text; lxml asks every target for it."""

    @property
    def _stream(self) -> _Stream:
        return self._quoted if self._quote_depth else self._own

    def data(self, data: str) -> None:
        if not self._hidden_depth:
            # Line ends in the source of HTML are white space; lines end at <br> and blocks.
            self._stream.add(data.replace("\n", " "))

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self.has_structure = self.has_structure or tag in _STRUCTURE
        if tag in _BLOCKS or tag == "br":
            self._line_break()
        if tag in _HIDING:
            self._hidden_depth += 1
        if tag == "blockquote":
            self._quote_depth += 1
            self._line_break()
        elif tag in ("video", "source"):
            self._add_video(tag, attrib)
        elif tag == "img":
            self._add_image(attrib)
        elif tag in ("a", "span"):
            self._open.append((dict(attrib), len(self._stream.parts), self._stream.length))
            self._icon_depth += attrib.get("class") == "url-icon"

    def end(self, tag: str) -> None:
        if tag in ("a", "span"):
            self._close(tag, *self._open.pop())
        if tag in _BLOCKS:
            self._line_break()
        if tag == "blockquote":
            self._quote_depth -= 1
            self._line_break()
        if tag in _HIDING:
            self._hidden_depth -= 1

    def content(self) -> Content:
        return Content(
            text=self._own.text(),
            quoted=self._quoted.text(),
            links=tuple(dict.fromkeys(self._links)),
            images=tuple(dict.fromkeys(self._images)),
            videos=tuple(dict.fromkeys(self._videos)),
            hashtags=(*self._own.hashtags(), *self._quoted.hashtags()),
        )

    def _line_break(self) -> None:
        if not self._hidden_depth:
            self._stream.add("\n")

    def _close(self, tag: str, attributes: Mapping[str, str], part: int, start: int) -> None:
        self._icon_depth -= attributes.get("class") == "url-icon"
        if self._hidden_depth:
            return
        text = "".join(self._stream.parts[part:])
        is_hashtag = text.startswith("#") and text.endswith("#")
        if tag == "span" and attributes.get("class") == "surl-text" and is_hashtag:
            self._stream.linked.append((start, self._stream.length))
        elif tag == "a" and (href := attributes.get("href")) and not is_hashtag:
            self._links.append(Link(unwrap(href.strip()), " ".join(text.split())))

    def _add_image(self, attributes: Mapping[str, str]) -> None:
        if self._hidden_depth:
            return
        alt = attributes.get("alt", "")
        self.data(alt)
        is_emoji = alt.startswith("[") and alt.endswith("]")  # an emoji of the site, such as [doge]
        if not is_emoji and not self._icon_depth and (source := attributes.get("src")):
            self._images.append(source.strip())

    def _add_video(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Add the first address of each video; its others are the same in other sizes."""
        self._wants_video = self._wants_video or tag == "video"
        if self._wants_video and (source := attributes.get("src")):
            self._videos.append(source.strip())
            self._wants_video = False


class _Thread(threading.local):
    """The reader of a thread. Making one takes a good part of the time to read a post."""

    def __init__(self) -> None:
        self.reader = _Reader()


_thread = _Thread()
