"""A second reading of an archive, sharing no code with the first: which posts literally hold a text."""

import re
import unicodedata
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

BLOCKS = {"blockquote", "div", "p"}


class BodyText(HTMLParser):
    """Collects the visible text of a post's HTML, the author's own and the quoted apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.own: list[str] = []
        self.quoted: list[str] = []
        self.in_quote = 0
        self.in_video = 0

    def add(self, text: str) -> None:
        if not self.in_video:
            (self.quoted if self.in_quote else self.own).append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_video += tag == "video"
        self.in_quote += tag == "blockquote"
        if tag in BLOCKS or tag == "br":
            self.add("\n")
        if tag == "img":
            self.add(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.add("\n")
        self.in_video -= tag == "video"
        self.in_quote -= tag == "blockquote"

    def handle_data(self, data: str) -> None:
        self.add(data)


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())


def sides(text: str) -> list[str]:
    """Return both sides of a file with git conflict markers, or the file alone."""
    conflict = re.compile(r"^<<<<<<< .*?\n(.*?)^=======\n(.*?)^>>>>>>> .*?\n", re.MULTILINE | re.DOTALL)
    if not conflict.search(text):
        return [text]
    return [conflict.sub(side, text) for side in (r"\1", r"\2")]


def texts_of(file: str) -> list[str]:
    head, _, rest = file.partition("\n## 原始摘要\n")
    body, _, rest = rest.partition("\n## AI 摘要\n")
    summary, _, _ = rest.partition("\n## 元数据\n")
    title = unescape(head.split("\n")[0].removeprefix("# ")).replace("\ufffd", "")
    if "weibo.com" not in head:
        return [title, body.strip(), summary.strip()]
    reader = BodyText()
    reader.feed(body.strip().replace("\n", " "))
    reader.close()
    return [title, "".join(reader.own), "".join(reader.quoted), summary.strip()]


def post_of(file: str) -> str:
    match = re.search(r"\*\*URL\*\*: https?://(?:weibo\.com/(\S+)|arxiv\.org/abs/(\S+?)(?:v\d+)?)$", file, re.MULTILINE)
    assert match, file[:200]
    return f"weibo:{match[1]}" if match[1] else f"arxiv:{match[2]}"


def read_texts(archive: Path) -> dict[str, list[str]]:
    """Return for each post every text that any of its saves holds, folded."""
    texts: dict[str, set[str]] = defaultdict(set)
    for path in archive.rglob("*.md"):
        if path.name != "README.md":
            for side in sides(path.read_text(encoding="utf-8")):
                texts[post_of(side)].update(fold(text).strip() for text in texts_of(side))
    return {post: sorted(found) for post, found in texts.items()}


def holders(texts: dict[str, list[str]], needle: str) -> set[str]:
    return {post for post, found in texts.items() if any(needle in text for text in found)}
