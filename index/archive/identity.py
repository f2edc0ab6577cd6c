"""Identities: the URL of a post → its id, source, account and, if the URL has it, publish time."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIBO_HOSTS = {"weibo.com", "weibo.cn", "m.weibo.cn", "m.weibo.com"}
_WEIBO_POST = re.compile(r"/(\d+)/([0-9a-zA-Z]+)/?")
_ARXIV_PAPER = re.compile(r"/(?:abs|pdf|html)/([a-z.-]+/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?/?", re.IGNORECASE)
# The epoch of the clock in a Weibo id, in Unix seconds; the low 22 bits of the id are a counter.
_WEIBO_EPOCH = 515483463
# Characters that a URL may hold unescaped; any other is the same as its escape.
_URL_MARKS = "/%:@!$&'()*+,;=~-._"
_BID = re.compile(r"[0-9a-zA-Z]{1,16}")
# Unix seconds from the launch of Weibo, in August 2009, up to the year 2100.
_WEIBO_TIMES = range(1249084800, 4102444800)


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a post: `source` is a site's short name or host, `account` is empty where the URL has none."""

    id: str
    source: str
    account: str = ""
    published: datetime | None = None


@lru_cache(maxsize=1 << 12)
def identify(url: str) -> Identity:
    """Return the identity of the post at `url`; any text has one, and the same text always the same one."""
    host, path = _split(url)
    if host in _WEIBO_HOSTS and (match := _WEIBO_POST.fullmatch(path)):
        account, bid = match.groups()
        bid = weibo_bid(int(bid)) if bid.isdigit() and 16 <= len(bid) <= 20 else bid
        return Identity(f"weibo:{account}/{bid}", "weibo", account, weibo_time(bid))
    is_arxiv = host.removeprefix("export.") == "arxiv.org"
    if is_arxiv and (match := _ARXIV_PAPER.fullmatch(path)):
        return Identity(f"arxiv:{match[1].lower()}", "arxiv")
    digest = hashlib.sha256(_normal(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    is_weibo = host in _WEIBO_HOSTS or host.endswith(".weibo.com")
    source = "weibo" if is_weibo else "arxiv" if is_arxiv else host or "unknown"
    return Identity(f"url:{digest}", source)


def host_of(url: str) -> str:
    """Return the host of `url` in lower case without `www.`, or an empty string."""
    return _split(url)[0]


def weibo_time(bid: str) -> datetime | None:
    """Return the publish time of the Weibo post `bid`, in UTC, or None if the id holds no plausible time.

    A bid is base62 in groups of four from the right, each group seven decimal digits of the numeric id.
    """
    if not _BID.fullmatch(bid):
        return None
    groups = [bid[max(0, end - 4) : end] for end in range(len(bid), 0, -4)][::-1]
    values = [sum(_BASE62.index(c) * 62**i for i, c in enumerate(reversed(group))) for group in groups]
    seconds = (int("".join(f"{value:07d}" for value in values)) >> 22) + _WEIBO_EPOCH
    return datetime.fromtimestamp(seconds, UTC) if seconds in _WEIBO_TIMES else None


def weibo_bid(mid: int) -> str:
    """Return the base62 form of a numeric Weibo id, as it stands in the URLs of posts."""
    digits = str(mid)
    groups = [int(digits[max(0, end - 7) : end]) for end in range(len(digits), 0, -7)][::-1]
    return "".join(map(_base62, groups)).lstrip("0") or "0"


def _base62(value: int) -> str:
    """Return four base62 digits of a group of seven decimal ones."""
    return "".join(_BASE62[value // 62**place % 62] for place in (3, 2, 1, 0))


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # such as a bracket left open in the host
        return "", url
    return host, unquote(parts.path)


def _normal(url: str) -> str:
    """Return `url` without the parts that tell no posts apart: scheme, `www.`, usual port, last slash and anchor."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""
    path = quote(parts.path.rstrip("/"), _URL_MARKS, errors="surrogatepass")
    return f"{(parts.hostname or '').removeprefix('www.')}{port}{path}?{parts.query}{fragment}"
