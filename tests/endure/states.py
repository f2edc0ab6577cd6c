"""What an index says, in a form that tells whether two say the same."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index import update
from index.backend import check
from searcher import open_searcher
from searcher.results import dump_json
from tests.conftest import post_text

URL = "https://blog.example.org/posts/{}"
# Fifty queries of every kind, for archives like the real one.
QUERIES = (
    *("", "的", "AI", "大模型", "量化", "机器人", "具身智能", "扎克伯格", "开源", "智能体", "GPT-4o", "LLM", "C++"),
    *("Qwen", "大模型 量化", "人工智能 技术", "open source model", "reinforcement learning", "DeepSeek 开源"),
    *("多模态 推理 模型", "人工智能技术发展趋势", "2504.01234", "modle~", "模型*", "learn*"),
    *('"大模型"', '"量化"', '"具身智能"', '"GPT-4o"', '"large language model"', '"的"', '"人工智能" OR "机器人"'),
    *("大模型 -量化", "NOT 大模型", "(机器人 OR 智能体) AND 开源", "#DeepSeek#", "#AI#", "hashtag:ai"),
    *("source:weibo 模型", "source:arxiv learning", "site:arxiv.org", "type:论文 机器人", "title:模型"),
    *("original:机器人", "summary:模型", "in:summary 机器人", "date:2025-04", "since:2025-05 模型"),
    *("until:2025-03-25", "saves:3..", '"一个"'),
)
assert len(set(QUERIES)) >= 50


def answers(location: Path) -> dict[str, str]:
    """Return the JSON of the answer to each of QUERIES, but for the time it took, and every stored post."""
    with open_searcher(location) as searcher:
        found = {}
        for query in QUERIES:
            results = searcher.search(query, page_size=20)
            found[query] = dump_json({**results.as_json(), "took_ms": 0})
        pages = -(-searcher.search("").total // 100)
        posts = [hit.post for page in range(1, pages + 1) for hit in searcher.search("", page=page, page_size=100).hits]
        found["posts"] = repr(sorted(posts, key=lambda post: post.id))
        found["suggestions"] = repr([searcher.suggest(prefix) for prefix in ("大", "#", "m")])
        stats = searcher.stats().as_json()
        return {**found, "stats": dump_json({**stats, "updated": ""})}


def differences(location: Path, archive: Path, fresh: Path) -> list[str]:
    """Return the queries to which the index at `location` gives another answer than one built from nothing."""
    update(fresh, [archive])
    given, right = answers(location), answers(fresh)
    shutil.rmtree(fresh)
    return [query for query in right if given[query] != right[query]]


def write_posts(archive: Path, numbers: Iterable[int], version: str) -> None:
    """Write posts whose summary is `version`."""
    archive.mkdir(exist_ok=True)
    for number in numbers:
        text = post_text(f"第{number}篇", URL.format(number), body=f"量化笔记{number}", summary=version)
        (archive / f"{number}.md").write_text(text, encoding="utf-8")


def rewrite(archive: Path, run: int, count: int) -> None:
    """Change the summaries of `count` generated posts, in each run of others."""
    paths = sorted(archive.rglob("*.md"))
    for path in paths[run % (len(paths) // count) :: len(paths) // count][:count]:
        text = path.read_text(encoding="utf-8").replace("## AI 摘要\n\n", f"## AI 摘要\n\n第{run}版。")
        path.write_text(text, encoding="utf-8")


def versions(location: Path) -> dict[str, str]:
    """Return the summary of each post, as its stored text and as what finds it say alike; at most 100 posts."""
    with open_searcher(location) as searcher:
        hits = searcher.search("", page_size=100).hits
        held = {hit.post.url: hit.post.summary for hit in hits}
        for version in set(held.values()):
            found = {hit.post.url for hit in searcher.search(f'"{version}"', page_size=100).hits}
            assert found == {url for url, summary in held.items() if summary == version}
        return held


def assert_old_or_new(location: Path, old: dict[str, str], new: dict[str, str], finish: Callable[[], object]) -> bool:
    """Tell whether the index is the new one, which it has to be if it isn't the old one, and after `finish`."""
    state = versions(location)
    assert state in (old, new), f"{location} is neither the old index nor the new one"
    finish()
    assert versions(location) == new
    assert check(location).is_whole
    assert len(list(location.glob("data-*"))) == 1
    return state == new


def replaced(state: dict[str, str], numbers: Iterable[int], version: str) -> dict[str, str]:
    return {**state, **{URL.format(number): version for number in numbers}}


def days_of(archive: Path) -> Iterator[Path]:
    """Yield the dated folders of an archive in order."""
    yield from sorted(path for path in archive.glob("papers/*") if path.is_dir())
