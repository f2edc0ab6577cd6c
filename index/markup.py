"""The HTML of a post → its text, the text it quotes, links, images, videos and hashtags."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from lxml import etree, html

from index.hashtags import find_hashtags

_BLOCKS = {
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
# Elements whose presence says that a text of unknown origin is markup; `<b` and the like occur in formulas.
_STRUCTURE = _BLOCKS | {"a", "br", "img", "span", "video"}
_INVISIBLE = {"script", "style", "template", "head", "title", "noscript", "iframe", "object", "svg"}
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Link:
    """Is one outgoing link: its true address, unwrapped, and the text it stood on."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Is what a post's body holds; `quoted` is the text of reposts, apart from the author's own words."""

    text: str = ""
    quoted: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


def looks_like_markup(body: str) -> bool:
    """Tell whether a body of unknown origin is HTML: whether it holds an element that gives text its structure."""
    if "<" not in body:
        return False
    root = _parse(body)
    return root is None or any(element.tag in _STRUCTURE for element in root.iterdescendants())


def read_plain(body: str) -> Content:
    """Return the content of a body that is plain text: nothing in it is markup."""
    text = body.strip()
    return Content(text=text, hashtags=tuple(find_hashtags(text)))


def read_markup(body: str) -> Content:
    """Return the content of a body that is HTML, however broken; too deep to parse, it is taken as plain text."""
    root = _parse(body)
    if root is None:
        return read_plain(body)
    reader = _Reader()
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            reader.start(element)
        elif event == "end":
            reader.end(element)
        else:
            reader.add(element.tail)
    return reader.content()


def unwrap(href: str) -> str:
    """Return the address a Weibo redirect leads to, or `href` itself if it is none."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    if parts.path == "/sinaurl" and (parts.hostname or "").endswith(("weibo.cn", "weibo.com")):
        return (parse_qs(parts.query).get("u") or parse_qs(parts.query).get("toasturl") or [href])[0]
    return href


def _parse(body: str) -> etree._Element | None:
    """Return the element that holds `body`, or None where the parser gave up before its end."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    # As bytes: a string that opens with an XML declaration is refused by lxml.
    document = html.document_fromstring(f"<div>{body}".encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        return None
    body_element = document.find("body")
    assert body_element is not None  # ensure_head_body makes one
    return body_element[0]


@dataclass(slots=True)
class _Stream:
    """Collects running text, and where in it the site linked a hashtag."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    linked: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def hashtags(self) -> list[str]:
        return find_hashtags("".join(self.parts), self.linked)

    def text(self) -> str:
        lines = (_SPACES.sub(" ", line).strip() for line in "".join(self.parts).split("\n"))
        return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader:
    def __init__(self) -> None:
        self._own = _Stream()
        self._quoted = _Stream()
        self._quote_depth = 0
        self._hidden_depth = 0
        self._icon_depth = 0
        self._open: dict[etree._Element, tuple[int, int]] = {}
        self._links: list[Link] = []
        self._images: list[str] = []
        self._videos: list[str] = []

    @property
    def _stream(self) -> _Stream:
        return self._quoted if self._quote_depth else self._own

    def add(self, text: str | None) -> None:
        if text and not self._hidden_depth:
            # Line ends in the source of HTML are white space; its own come from <br> and blocks.
            self._stream.add(" ".join(text.split("\n")) if "\n" in text else text)

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _INVISIBLE:
            self._hidden_depth += 1
        elif tag == "video":
            self._add_video(element)
            self._hidden_depth += 1  # what stands inside is for browsers that can't play it
        elif tag == "blockquote":
            self._quote_depth += 1
        if tag in _BLOCKS or tag == "br":
            self._line_break()
        elif tag == "img":
            self._add_image(element)
        elif tag in ("a", "span"):
            self._open[element] = (len(self._stream.parts), self._stream.length)
            self._icon_depth += element.get("class") == "url-icon"
        self.add(element.text)

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in ("a", "span"):
            self._close(element, *self._open.pop(element))
        if tag in _BLOCKS:
            self._line_break()
        if tag == "blockquote":
            self._quote_depth -= 1
        if tag in _INVISIBLE or tag == "video":
            self._hidden_depth -= 1
        self.add(element.tail)

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

    def _close(self, element: etree._Element, part: int, start: int) -> None:
        self._icon_depth -= element.get("class") == "url-icon"
        if self._hidden_depth:
            return
        text = "".join(self._stream.parts[part:])
        is_hashtag = text.startswith("#") and text.endswith("#")
        if element.tag == "span" and element.get("class") == "surl-text" and is_hashtag:
            self._stream.linked.append((start, self._stream.length))
        elif element.tag == "a" and (href := element.get("href")) and not is_hashtag:
            self._links.append(Link(unwrap(href.strip()), " ".join(text.split())))

    def _add_image(self, element: etree._Element) -> None:
        if self._hidden_depth:
            return
        alt = element.get("alt") or ""
        self.add(alt)
        is_emoji = alt.startswith("[") and alt.endswith("]")  # one of the site's own, such as [doge]
        if not is_emoji and not self._icon_depth and (source := element.get("src")):
            self._images.append(source.strip())

    def _add_video(self, element: etree._Element) -> None:
        sources = [element.get("src"), *(child.get("src") for child in element.iter("source"))]
        self._videos.extend([source.strip() for source in sources if source][:1])
