"""An archive of a few posts, a hostile one, and how to reach their pages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from index import update
from index.archive.identity import weibo_bid
from searcher import Searcher, open_searcher
from web.app import create_app

ROBOT_POSTS = 23


def weibo_url(account: int, published: datetime, counter: int = 0) -> str:
    """Return the URL of a Weibo post published at a time: its id holds the clock above 22 bits of a counter."""
    mid = ((int(published.timestamp()) - 515483463) << 22) + counter
    return f"https://weibo.com/{account}/{weibo_bid(mid)}"


def write_save(
    archive: Path,
    name: str,
    title: str,
    url: str,
    body: str,
    summary: str,
    saved: str = "2025-06-01T00:00:00Z",
    more: str = "",
) -> None:
    """Write one file in the archive's format; `more` stands between its summary and its metadata."""
    text = (
        f"# {title}\n\n**URL**: {url}\n\n## 原始摘要\n\n{body}\n\n## AI 摘要\n\n{summary}\n\n{more}"
        f"## 元数据\n\n- **来源**: ArXiv\n- **类型**: 论文\n- **保存时间**: {saved}\n- **目录日期**: {saved[:10]}\n"
    )
    folder = archive / "papers" / saved[:10]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def linked(hashtag: str) -> str:
    """Return a hashtag as Weibo's HTML has it."""
    return f'<a href="https://m.weibo.cn/search?q={hashtag}"><span class="surl-text">#{hashtag}#</span></a>'


@pytest.fixture(scope="session")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A searcher over posts about robots on Weibo, a paper, and a post saved five times."""
    archive = tmp_path_factory.mktemp("archive")
    for number in range(1, ROBOT_POSTS + 1):
        published = datetime(2025, 4 + number % 2, number, 12, 30, tzinfo=UTC)
        body = f"机器人新闻第 {number} 则<br>今天的机器人走得很稳。{linked('人形机器人')}{linked(f'话题{number}')}"
        write_save(
            archive,
            f"robot{number}",
            f"机器人新闻 {number}",
            weibo_url(111, published),
            body,
            "机器人的进展。",
        )
    write_save(
        archive,
        "paper",
        "Agents in the Wild",
        "http://arxiv.org/abs/2505.01234v1",
        "We study agents\nthat plan.",
        "本文综述了智能体。",
    )
    write_saved_often(archive)
    yield from _searcher(tmp_path_factory.mktemp("index"), archive)


def write_saved_often(archive: Path) -> None:
    """Write five saves of one post, whose first said something that no later one says."""
    url = weibo_url(222, datetime(2025, 3, 3, tzinfo=UTC))
    body = (
        f"脑机接口有了突破<br>第二行<blockquote>转发：原作者的话 {linked('神经科学')}</blockquote>"
        '<img src="https://pictures.example/1.png"><img src="https://pictures.example/2.png">'
        '<a href="https://weibo.cn/sinaurl?u=https%3A%2F%2Fexample.org%2Fpaper">论文链接</a>'
        '<video src="https://videos.example/1.mp4">浏览器不支持</video>'
    )
    for number in range(1, 6):
        then = body.replace("第二行", "早先写着量子纠缠") if number == 1 else body
        more = "## 译者注\n\n这是注释。\n\n" if number == 5 else ""
        summary = f"第 {number} 次的摘要。"
        write_save(archive, "often", "脑机接口", url, then, summary, f"2025-03-0{number + 3}T08:00:00Z", more)


@pytest.fixture(scope="session")
def hostile_searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A searcher over posts that try to run a script from every place that a file can fill."""
    archive = tmp_path_factory.mktemp("hostile")
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)><style>*{color:red}</style>'
    escaped = attack.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    body = (
        f"{escaped} {linked(f'坏{escaped}')}{linked('坏话题')}"
        '<a href="javascript:alert(2)">点我</a><a href="data:text/html,x">数据</a><img src="javascript:alert(3)">'
        f'<img src="https://pictures.example/{escaped}"><video src="javascript:alert(4)"></video>'
        f"<blockquote>{escaped}</blockquote>"
    )
    more = f"## {attack}\n\n{attack}\n\n"
    url = weibo_url(333, datetime(2025, 3, 3, tzinfo=UTC))
    write_save(archive, "attack", attack, url, body, f"</details>{attack}", more=more)
    write_save(archive, "script", "坏网址", "javascript:alert(5)//", "坏话题", attack)
    yield from _searcher(tmp_path_factory.mktemp("hostile_index"), archive)


def _searcher(location: Path, archive: Path) -> Iterator[Searcher]:
    update(location / "index", [archive])
    with open_searcher(location / "index") as searcher:
        yield searcher


class Page:
    """A page as a reader sees it: its texts and links, found by XPath."""

    def __init__(self, client: FlaskClient, url: str, **headers: str) -> None:
        self._client = client
        self.response = client.get(url, headers=headers)
        self.status = self.response.status_code
        self.root = html.document_fromstring(self.response.get_data())

    def texts(self, path: str) -> list[str]:
        """Return the texts of the elements at `path`, white space made single."""
        return [_text(element) for element in self.root.xpath(path)]

    def text(self, path: str) -> str:
        return self.texts(path)[0]

    def follow(self, path: str, label: str) -> "Page":
        """Return the page behind the one link at `path` whose words hold `label`."""
        urls = {element.get("href") for element in self.root.xpath(path) if label in _text(element)}
        assert len(urls) == 1, f"{label!r} names {len(urls)} links of {self.texts(path)}"
        return Page(self._client, urls.pop())


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def static_url(client: FlaskClient, name: str) -> str:
    """Return where a file of the pages lies."""
    return f"{client.application.static_url_path}/{name}"


@pytest.fixture
def client(searcher: Searcher) -> FlaskClient:
    return create_app(searcher).test_client()


@pytest.fixture
def visit(client: FlaskClient) -> Callable[..., Page]:
    """Return a function from a URL (and headers) to its page."""
    return partial(Page, client)


@pytest.fixture
def hostile_client(hostile_searcher: Searcher) -> FlaskClient:
    return create_app(hostile_searcher).test_client()
