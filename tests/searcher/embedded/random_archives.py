"""Archives of posts made at random, and indexes of them that came about in different ways."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index import update
from tests.conftest import post_text
from tests.searcher.shelf import linked, weibo_url

# Few pieces, so that posts share words; words within words, forms of one word, and what is no word at all.
PIECES = [
    *(
        "机器",
        "机器人",
        "器人",
        "人工智能",
        "量化",
        "轻量化",
        "的",
        "模型",
        "大模型",
        "𠀀",
        "🙂",
        "，",
        "。",
        "東",
        "东西",
    ),
    *("gpt", "GPT-4o", "gpt4o", "gradient", "grade", "c++", "a", "ab", "Ａ", "running", "run", "2.5"),
]
TOPICS = ["AI", "ai", "话题", "话题二", "露营"]
HOSTS = ["blog.example.org", "example.org", "example.com"]
FIRST = datetime(2024, 11, 5, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """Says how many posts each update finds new, and what share of all is deleted or saved again before the last."""

    updates: tuple[int, ...]
    segments: int
    has_deletions: bool = False
    deleted: float = 0.0
    saved_again: float = 0.0


PLANS = {
    "one segment": Plan((40,), 1),
    "one segment with deletions": Plan((40, 0), 1, True, deleted=0.3),
    "many segments": Plan((40, 9, 6, 2, 1), 5),
    "many segments with deletions": Plan((40, 9, 6, 0), 4, True, deleted=0.2, saved_again=0.1),
    "after merges": Plan((3, 20, 1, 1, 2, 4, 1, 1, 1, 5), 6, True, deleted=0.2, saved_again=0.2),
    "one post": Plan((1,), 1),
}


def build(folder: Path, plan: Plan) -> tuple[Path, Path]:
    """Write an archive and index it as `plan` says; return where the two are."""
    archive, location = folder / "archive", folder / "index"
    archive.mkdir()
    made = _Archive(archive, random.Random(repr(plan)))
    for number, new in enumerate(plan.updates, 1):
        for _ in range(new):
            made.add()
        if number == len(plan.updates):
            made.change(plan)
        update(location, [archive])
    return archive, location


class _Archive:
    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder = folder
        self._chance = chance
        self._urls: list[str] = []

    def add(self) -> None:
        """Write a post, saved now and then more than once."""
        number = len(self._urls)
        # Several posts of one moment: what comes first of equals is up to their ids.
        published = FIRST + timedelta(days=20 * self._chance.randrange(12))
        url = f"https://{self._chance.choice(HOSTS)}/{number}"
        self._urls.append(weibo_url(9900000100 + number // 2, published + timedelta(seconds=number % 2)))
        if self._chance.random() < 0.3:
            self._urls[-1] = url
        for save in range(self._chance.choice([1, 1, 1, 2, 4])):
            self._save(number, save)

    def change(self, plan: Plan) -> None:
        """Delete a share of the posts and save another share of them again."""
        numbers = range(len(self._urls))
        deleted = self._chance.sample(numbers, int(len(numbers) * plan.deleted))
        for number in deleted:
            for file in self._folder.glob(f"{number}-*.md"):
                file.unlink()
        rest = sorted(set(numbers) - set(deleted))
        for number in self._chance.sample(rest, int(len(numbers) * plan.saved_again)):
            self._save(number, 9)

    def _save(self, number: int, save: int) -> None:
        saved = FIRST + timedelta(days=300 + save)
        text = post_text(
            title=self._text(3) or "题",
            url=self._urls[number],
            body=f"{self._text(12)}{''.join(map(linked, self._topics()))}{self._quoted()}",
            summary=self._text(6),
            saved=saved.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        (self._folder / f"{number}-{save}.md").write_text(text, encoding="utf-8")

    def _text(self, most: int) -> str:
        pieces = self._chance.choices(PIECES, k=self._chance.randint(0, most))
        # Now and then so often that weights exceed what is stored of them.
        times = self._chance.choice([1, 1, 1, 1, 1, 30])
        return "".join(piece + self._chance.choice(["", "", " ", "\n"]) for piece in pieces * times)

    def _topics(self) -> list[str]:
        return self._chance.sample(TOPICS, self._chance.choice([0, 0, 1, 2]))

    def _quoted(self) -> str:
        return f"<blockquote>{self._text(5)}</blockquote>" if self._chance.random() < 0.3 else ""
