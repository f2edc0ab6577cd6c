"""What docs/archives.md tells of files, and the program it gives, hold as they stand."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from index import update
from index.archive.formats import read_save
from searcher import open_searcher

DOCS = Path(__file__).parents[1] / "docs"
BOTH = pytest.mark.parametrize("name", ["archives.md", "archives.zh.md"])
POSTS = [
    {
        "url": "https://example.org/a",
        "title": "阳台番茄",
        "text": "秘诀是选矮生品种 #阳台种菜#",
        "saved": "2025-06-12T06:02:49Z",
    },
    {
        "url": "https://weibo.com/9900000002/OEA7xtTT4",
        "title": "夜骑",
        "text": "<p>十四公里</p>",
        "saved": "2025-06-13",
    },
]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@BOTH
def test_the_program_makes_an_archive(name: str, tmp_path: Path) -> None:
    program = re.search(r"```python\n(.*?)```", text_of(name), re.DOTALL)
    assert program
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, POSTS)), encoding="utf-8")
    subprocess.run([sys.executable, "-c", program[1]], cwd=tmp_path, check=True, env={**os.environ, "PYTHONUTF8": "1"})
    report = update(tmp_path / "index", [tmp_path / "archive"])
    assert (report.posts, report.malformed.count, report.not_posts.count) == (2, 0, 0)
    with open_searcher(tmp_path / "index") as searcher:
        (hit,) = searcher.search("#阳台种菜#").hits
        assert hit.post.title == "阳台番茄"
        (hit,) = searcher.search("十四公里 source:weibo").hits
        assert hit.post.published


@BOTH
def test_the_file_shown_is_read(name: str) -> None:
    shown = re.search(r"^    # (?:.*\n(?=    |\n))+", text_of(name), re.MULTILINE)
    assert shown
    save = read_save(re.sub("^    ", "", shown[0], flags=re.MULTILINE).strip().encode(), "", "a.md")
    assert (save.url, save.claimed_source, save.type) == ("https://weibo.com/9900000002/OEA7xtTT4", "ArXiv", "论文")
    assert save.saved
    assert save.content.text
    assert save.summary
    assert not save.sections


@BOTH
@pytest.mark.parametrize("part", ["content", "summary", "claims"])
def test_every_heading_of_the_table_is_read(name: str, part: str) -> None:
    first = {"content": "## 原始摘要", "summary": "## AI 摘要", "claims": "## 元数据"}[part]
    row = next(line for line in text_of(name).splitlines() if line.startswith(f"| `{first}`"))
    headings = [first, *(f"## {heading}" for heading in re.findall("`([^`]+)`", row.split("|")[2]))]
    for heading in headings:
        raw = f"# 标题\n\n**URL**: https://example.org/a\n\n{heading}\n\n- **评分**: 5\n"
        save = read_save(raw.encode(), "", "a.md")
        assert getattr(save, part), heading
        assert not save.sections
