"""A generated archive of any size: seeded, and like the real one in what its posts are made of."""

import random
import re
from collections.abc import Iterator
from importlib import metadata
from itertools import accumulate
from pathlib import Path

from index.archive.identity import weibo_bid

TOPICS = 2_000
_SENTENCE = re.compile(r"[^。！？\n<>]{6,80}[。！？]")
_EPOCH, _FIRST, _LAST = 515483463, 1_640_000_000, 1_750_000_000


def sentences(real_archive: Path) -> list[str]:
    """Return sentences of the real archive where there is one, else of words drawn by jieba's own frequencies."""
    if real_archive.is_dir():
        found: dict[str, None] = {}
        for path in sorted(real_archive.rglob("*.md")):
            found.update(dict.fromkeys(_SENTENCE.findall(path.read_text(encoding="utf-8"))))
        return list(found)
    chance = random.Random(1)
    lines = [line.split(" ") for line in _dictionary().read_text(encoding="utf-8").splitlines()]
    words, weights = [line[0] for line in lines], list(accumulate(int(line[1]) for line in lines))
    return ["".join(chance.choices(words, cum_weights=weights, k=12)) + "。" for _ in range(20_000)]


def write_archive(folder: Path, size: int, pool: list[str]) -> None:
    """Write `size` posts below `folder`, a file each, the same for the same arguments."""
    for number, text in enumerate(posts(size, pool)):
        path = folder / f"{number // 1000:04d}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def posts(size: int, pool: list[str]) -> Iterator[str]:
    """Yield the text of each file."""
    chance = random.Random(20250612)
    # Topics are as unequal as words are: the n-th is chosen as often as 1/n.
    topic_weights = list(accumulate(1 / n for n in range(1, TOPICS + 1)))
    for number in range(size):
        topics = chance.choices(range(TOPICS), cum_weights=topic_weights, k=chance.randint(0, 3))
        marks = "".join(f'<a href="/s"><span class="surl-text">#话题{topic}#</span></a>' for topic in set(topics))
        lines = chance.choices(pool, k=chance.randint(6, 24))
        when = chance.randrange(_FIRST, _LAST)
        url = f"https://weibo.com/{9_900_000_000 + number % 50}/{weibo_bid((when - _EPOCH << 22) + number % 4_000_000)}"
        yield (
            f"# {lines[0][:60]}\n\n**URL**: {url}\n\n## 原始摘要\n\n{marks}{'<br><br>'.join(lines)}\n\n"
            f"## AI 摘要\n\n{''.join(chance.choices(pool, k=3))}\n\n## 元数据\n\n- **来源**: ArXiv\n- **类型**: 论文\n"
            f"- **保存时间**: 2025-06-12T06:02:49Z\n- **目录日期**: 2025-06-12\n"
        )


def _dictionary() -> Path:
    files = metadata.files("jieba") or []
    return Path(str(next(file for file in files if str(file) == "jieba/dict.txt").locate()))
