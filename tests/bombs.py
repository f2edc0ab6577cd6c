"""Ask for what was made to take forever or all memory, and print the name of each before: `python -m tests.bombs KIND`.

Whoever runs this takes a process that does not end for a bomb that went off (tests/test_bombs.py).
"""

import re
import resource
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from tests.fuzz.modules import every_module
from tests.fuzz.targets import PATHS, files, markup, queries, requests

# Characters of a file; a query has no more than the parser takes.
LARGE, LONGEST_QUERY = 50_000, 4096
MEMORY = 4 << 30

# Of what patterns are about, repeated: what begins a match again and again, and then is none.
PIECES = (
    "a", "A", "0", "1.", "a-", "a'", "a ", " ", "\n", " \n", "-", "_", ".", "…", "#", "#a", "[", "[]", "[a]", "]",
    "*", "**", "- **", ":", "://", "http://a.", "/", "//a", "@", "&", "(", "\\", "<", ">", "词", "词 ", "：", "'", "’",
    "\ufffd", "\ufffd.", "\u0301", "\u3000", "\ud800", "weibo:1/", "data-1", "2025-", "..", ">=", "【图", "zh", "ng",
)  # fmt: skip
TAILS = ("", "!", "x", "\0", "]", "词", "1")

HEAD = "# t\n\n**URL**: https://weibo.com/1/PwalGjyVS\n\n## 原始摘要\n\n"
CLAIMS = f"{HEAD}x\n\n## 元数据\n\n"
FILES = {
    "marks at the end of a title": f"# {'.' * LARGE}x\n\n{HEAD}",
    "cut characters in a title": "# " + "\ufffd" * LARGE + "x\n\n" + HEAD,
    "cut characters and marks in a title": "# " + "\ufffd." * LARGE + "x\n\n" + HEAD,
    "brackets in a title": f"# {'[a]' * LARGE}x\n\n{HEAD}",
    "open brackets in a title": f"# {'[' * LARGE}x\n\n{HEAD}",
    "ampersands in a title": f"# {'&' * LARGE}x\n\n{HEAD}",
    "hashes": HEAD + "#" * LARGE,
    "hashtags": HEAD + "#a " * LARGE,
    "half hashtags": HEAD + "#a" * LARGE,
    "stars in a claim": f"{CLAIMS}- **{'** ' * LARGE}",
    "spaces in a claim": f"{CLAIMS}- **a**{' ' * LARGE}",
    "spaces in a URL line": f"# t\n\n**URL**{' ' * LARGE}x\n\n{HEAD}",
    "digits in a URL": HEAD.replace("/1/", f"/{'1' * LARGE}/"),
    "a long word": HEAD + "a" * LARGE,
    "a long run of Han": HEAD + "词" * LARGE,
    "a long word of parts": HEAD + "a-" * LARGE,
    "a long number": HEAD + "1." * LARGE,
    "marks above a letter": HEAD + "a" + "\u0301" * LARGE,
    "one character that is eighteen": HEAD + "\ufdfa" * LARGE,
    "text from right to left": HEAD + "\u202ea\u202c" * LARGE,
    "spaces": f"{HEAD}{' ' * LARGE}x",
    "line ends": HEAD + "\n" * LARGE + "x",
    "headings": HEAD + "## a\n\n" * LARGE,
    "conflicts that never end": "<<<<<<< a\n" * LARGE + ">>>>>>> b\n" + HEAD,
    "one line of 10 MB": HEAD + "一二三四五 " * 650_000,
}
BODIES = {
    "elements in each other": "<div>" * LARGE + "x",
    "spans in each other": "<span>" * LARGE + "x" + "</span>" * LARGE,
    "links in each other": "<a href=x>" * LARGE,
    "quotes in each other": "<blockquote>" * LARGE + "x",
    "attributes": f"<a {'b=c ' * LARGE}>x",
    "a long attribute": f"<a href='{'x' * 10 * LARGE}'>x",
    "entities": "&lt;" * LARGE,
    "entities of its own": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]>' + "&c;" * LARGE,
    "open comments": "<!--" * LARGE,
    "open brackets": "<" * LARGE,
}
QUERIES = {
    "brackets": "(" * LONGEST_QUERY,
    "closed brackets": "(a" * 1000 + ")" * 1000,
    "quotes": '"' * LONGEST_QUERY,
    "exclusions": "-" * LONGEST_QUERY + "a",
    "NOT": "NOT " * 1000 + "a",
    "alternatives": " OR ".join("ab" * 500),
    "hashes": "#" * LONGEST_QUERY,
    "stars": "*" * LONGEST_QUERY,
    "stars and letters": "*a" * 2000,
    "twenty patterns": " ".join("*模*型*a*" + letter for letter in "abcdefghijklmnopqrst"),
    "twenty beginnings": " ".join(letter + "*" for letter in "abcdefghijklmnopqrst"),
    "twenty slips": " ".join(letter * 200 + "~" for letter in "abcdefghijklmnopqrst"),
    "letters and a digit": "u" * 4000 + "1",
    "letters with spaces and a digit": "u " * 2000 + "1",
    "a long run of Han": "模型" * 2000,
    "one character that is eighteen": "\ufdfa" * LONGEST_QUERY,
    "marks above a letter": "a" + "\u0301" * 4000,
    "from right to left": "\u202ea" * 2000,
    "half characters": "\ud800" * LONGEST_QUERY,
    "colons": "a:" * 2000,
    "backslashes": "\\" * LONGEST_QUERY,
    "dates": "date:" + "9" * 4000,
    "an address": "https://a." + "a" * 4000,
}
PARAMETERS = {
    "of one name": "&".join(f"hashtag={number}" for number in range(5000)),
    "of many names": "&".join(f"a{number}=b" for number in range(5000)),
    "without values": "&" * 60_000,
    "a long number": "page=" + "9" * 60_000,
    "a long year": "year=" + "9" * 60_000,
    "a long hashtag": "hashtag=" + "a" * 60_000,
    "part of a hashtag": "hashtag_like=" + "a" * 60_000,
    "a long date": "since=" + "2025-" * 10_000,
    "escapes": "q=" + "%" * 60_000,
}
ASKED_AT = ("/", "/api/explain", "/api/suggest", "/completions")
Bomb = tuple[str, Callable[[], object]]


def patterns() -> Iterator[Bomb]:
    """Yield every compiled pattern of the project with what it is to look at."""
    for module in every_module():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", lambda pattern=value: _look(pattern)


def texts() -> Iterator[Bomb]:
    """Yield files and bodies, to be read and indexed."""
    for name, text in FILES.items():
        yield name, lambda text=text: files(text.encode())
    for name, text in BODIES.items():
        yield name, lambda text=text: markup(text.encode())
        yield f"{name}, in a file", lambda text=text: files((HEAD + text).encode())


def questions() -> Iterator[Bomb]:
    """Yield queries and parameters, to be parsed and asked at every address."""
    for name, query in QUERIES.items():
        yield name, lambda query=query: queries(query.encode("utf-8", "surrogatepass"))
    parameters = {name: urlencode({"q": query}, errors="surrogatepass") for name, query in QUERIES.items()}
    for name, encoded in {**parameters, **PARAMETERS}.items():
        for path in ASKED_AT:
            asked = bytes([PATHS.index(path)]) + encoded.encode()
            yield f"{name} at {path}", lambda asked=asked: requests(asked)


def _look(pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
    for piece in PIECES:
        for tail in TAILS:
            text = piece * (3000 // len(piece)) + tail
            for look in (pattern.search, pattern.match, pattern.fullmatch):
                look(text if isinstance(pattern.pattern, str) else text.encode("utf-8", "surrogatepass"))


KINDS = {kind.__name__: kind for kind in (patterns, texts, questions)}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for label, explode in KINDS[sys.argv[1]]():
        print(label, flush=True)
        explode()
