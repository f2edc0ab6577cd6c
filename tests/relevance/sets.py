"""Sets of posts and queries of which it is known what should be found."""

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from index.archive.decoding import NotAPost
from index.archive.formats import read_save
from index.archive.hashtags import hashtag_key
from index.archive.identity import identify
from index.archive.post import Post, Save, make_post
from index.archive.walk import Unreadable, walk
from tests.conftest import post_text


@dataclass(frozen=True, slots=True)
class Text:
    """Is what a set holds of one post."""

    id: str
    title: str
    body: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class RelevanceSet:
    """Holds texts, and queries with the ids of what each should find."""

    name: str
    texts: list[Text]
    queries: dict[str, set[str]] = field(default_factory=dict)

    def half(self, which: int) -> "RelevanceSet":
        """Return the same texts with one half of the queries, by chance but always the same."""
        chosen = sorted(self.queries)
        random.Random(20250612).shuffle(chosen)
        return RelevanceSet(self.name, self.texts, {query: self.queries[query] for query in chosen[which::2]})


def read_sets(folder: Path, archive: Path) -> list[RelevanceSet]:
    """Return the sets of `folder`, and one made of the hashtags of `archive`."""
    sets = [_read_set(name, folder) for name in ("cmrc", "csl") if (folder / f"{name}.docs.jsonl").exists()]
    return [*sets, *([hashtag_set(archive)] if archive.is_dir() else [])]


def _read_set(name: str, folder: Path) -> RelevanceSet:
    texts = [Text(row["id"], row["title"], row["text"]) for row in _rows(folder / f"{name}.docs.jsonl")]
    queries: dict[str, set[str]] = {}
    for row in _rows(folder / f"{name}.queries.jsonl"):
        queries.setdefault(row["query"], set()).update(row["relevant"])
    return RelevanceSet(name, texts, queries)


def _rows(path: Path) -> Iterable[dict[str, list[str] | str]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def hashtag_set(archive: Path) -> RelevanceSet:
    """Return the posts of `archive` with every hashtag taken out of their texts, and the hashtags as queries."""
    texts, queries = [], {}
    for post in read_posts(archive):
        save, names = post.latest, {hashtag_key(name): name for name in post.hashtags}
        taken = [_without(text, names.values()) for text in (save.title, f"{save.content.text}\n{save.content.quoted}")]
        texts.append(Text(post.id, *taken, _without(post.summary, names.values())))
        for name in names.values():
            queries.setdefault(name, set()).add(post.id)
    return RelevanceSet("hashtags", texts, queries)


def _without(text: str, names: Iterable[str]) -> str:
    """Return `text` without hashtags, marked by one # or two; a title is cut off within one now and then."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"[#＃]{re.escape(name)}(?:\[[^\]]*\])?[#＃]?", " ", text)
    return re.sub(r"[#＃][^#＃\s]*…?$", "", text)


def read_posts(archive: Path) -> list[Post]:
    """Return the posts below `archive`."""
    saves: dict[str, list[Save]] = {}
    for entry in walk(archive):
        assert not isinstance(entry, Unreadable)
        try:
            save = read_save(Path(entry.path).read_bytes(), str(archive), entry.path)
        except NotAPost:
            continue
        saves.setdefault(identify(save.url).id, []).append(save)
    return [make_post(key, identify(group[0].url).source, "", None, group) for key, group in saves.items()]


def write_archive(texts: Iterable[Text], folder: Path) -> dict[str, str]:
    """Write a file of each text below `folder`, and return the id of each as the index names it."""
    ids = {}
    for number, text in enumerate(texts):
        url = f"https://example.org/{number}"
        body, summary = (escape(part).replace("\n", "<br>") for part in (text.body, text.summary))
        title = " ".join(text.title.split())
        file = folder / f"{number // 1000}" / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(post_text(title=title, url=url, body=body, summary=summary), encoding="utf-8")
        ids[identify(url).id] = text.id
    return ids
