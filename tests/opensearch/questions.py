"""Two hundred questions of every kind to an archive, drawn from what its posts say."""

import random
import re
from collections.abc import Iterable
from datetime import timedelta

from pypinyin import lazy_pinyin

from index.archive.post import ARCHIVE_ZONE, Post
from index.text import tokenizer
from index.text.folding import fold
from searcher.query.tree import quote
from searcher.request import SearchRequest, Sort


def questions(posts: Iterable[Post], count: int = 200, seed: int = 7) -> list[SearchRequest]:
    """Return `count` questions, the same ones of the same posts: words, texts, operators, properties and orders."""
    chance = random.Random(seed)
    pool = sorted(posts, key=lambda post: post.id)
    kinds = (
        _title, _words, _words, _literal, _short, _latin, _hashtag, _mixed, _excluded, _scoped, _prefix, _wildcard,
        _similar, _dated, _either, _filtered,
    )  # fmt: skip
    asked = []
    while len(asked) < count:
        question = kinds[len(asked) % len(kinds)](chance, chance.choice(pool), pool)
        asked.append(question)
    return asked


def slips(posts: Iterable[Post], count: int = 200, seed: int = 7) -> list[str]:
    """Return `count` queries with a slip of the finger or of the ear in them, the same ones of the same posts."""
    chance = random.Random(seed)
    pool = sorted(posts, key=lambda post: post.id)
    texts = [fold(_text(chance, chance.choice(pool))) for _ in range(count)]
    latin = [word for text in texts for word in re.findall("[a-z]{4,}", text)]
    han = [word for text in texts for word in tokenizer.han_runs(text) if len(word) > 2]
    hashtags = [tag for post in pool for tag in post.hashtags]
    sources = [post.source for post in pool]
    characters = sorted(set("".join(han)))
    kinds = (
        lambda: _misspelled(chance, chance.choice(latin)),
        lambda: _misheard(chance, chance.choice(han)[:4], characters),
        lambda: quote(_misheard(chance, chance.choice(han)[:6], characters)),
        lambda: "".join(lazy_pinyin(chance.choice(han)[:2])),
        lambda: f"#{_misheard(chance, chance.choice(hashtags), characters)}#",
        lambda: f"source:{quote(_misspelled(chance, chance.choice(sources)))}",
    )
    return [kinds[number % len(kinds)]() for number in range(count)]


def _misspelled(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + chance.choice([word[at + 1], word[at + 1] + word[at]]) + word[at + 2 :]


def _misheard(chance: random.Random, text: str, characters: list[str]) -> str:
    at = chance.randrange(len(text))
    sounding = [one for one in characters if lazy_pinyin(one) == lazy_pinyin(text[at])]
    return text[:at] + chance.choice(sounding or characters) + text[at + 1 :]


def _text(chance: random.Random, post: Post) -> str:
    texts = [text for text in post.latest.texts if text.strip()]
    return " ".join(chance.choice(texts).split())


def _cut(chance: random.Random, text: str, least: int, most: int) -> str:
    start = chance.randrange(max(1, len(text) - least))
    return text[start : start + chance.randint(least, most)].strip() or text[:most].strip()


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text).split()) or "模型"


def _title(_: random.Random, post: Post, __: list[Post]) -> SearchRequest:
    return SearchRequest(_plain(post.title[:30]))


def _words(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(_plain(_cut(chance, _text(chance, post), 4, 16)))


def _literal(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(quote(_cut(chance, _text(chance, post), 3, 12)))


def _short(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(quote(_cut(chance, _text(chance, post), 1, 2)))


def _latin(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(" ".join(_latin_words(chance, post, 2)))


def _latin_words(chance: random.Random, post: Post, count: int) -> list[str]:
    words = [
        unit.text for text in post.latest.texts for unit in tokenizer.latin_words(fold(text)) if unit.text.isalnum()
    ]
    return [chance.choice(words or ["model"]) for _ in range(count)]


def _hashtag(chance: random.Random, post: Post, pool: list[Post]) -> SearchRequest:
    return SearchRequest(f"#{chance.choice(_hashtags(post, pool))}#")


def _hashtags(post: Post, pool: list[Post]) -> tuple[str, ...]:
    return post.hashtags or next(one.hashtags for one in pool if one.hashtags)


def _mixed(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(
        f"{_plain(_cut(chance, _text(chance, post), 4, 8))} {quote(_cut(chance, _text(chance, post), 2, 3))}"
    )


def _excluded(chance: random.Random, post: Post, pool: list[Post]) -> SearchRequest:
    other = _plain(_cut(chance, _text(chance, chance.choice(pool)), 2, 4)).split()[0]
    return SearchRequest(f"{_plain(_cut(chance, _text(chance, post), 4, 8))} -{quote(other)}")


def _scoped(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    scope = chance.choice(("title", "original", "summary"))
    text = _plain(_cut(chance, _text(chance, post), 2, 6)).split()[0]
    return SearchRequest(f"{scope}:{chance.choice((text, quote(text)))}")


def _prefix(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    return SearchRequest(f"{_latin_words(chance, post, 1)[0][:4]}*")


def _wildcard(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    word = _latin_words(chance, post, 1)[0]
    return SearchRequest(f"{word[:2]}*{word[-1:]}")


def _similar(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    word = _latin_words(chance, post, 1)[0]
    return SearchRequest(f"{word[:-1]}x~" if len(word) > 3 else f"{word}~")


def _dated(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    assert post.published, "every post of an archive has a time"
    day = post.published.astimezone(ARCHIVE_ZONE)
    until = day + timedelta(days=chance.randint(0, 20))
    sort = chance.choice((Sort.NEWEST, Sort.OLDEST))
    return SearchRequest("", since=f"{day:%Y-%m-%d}", until=f"{until:%Y-%m-%d}", sort=sort)


def _either(chance: random.Random, post: Post, pool: list[Post]) -> SearchRequest:
    one, other = (_plain(_cut(chance, _text(chance, some), 2, 5)) for some in (post, chance.choice(pool)))
    return SearchRequest(f"({one}) OR ({quote(other)} AND NOT saves:1)")


def _filtered(chance: random.Random, post: Post, _: list[Post]) -> SearchRequest:
    accounts = (post.account,) if post.account and chance.random() < 0.5 else ()
    hashtags = post.hashtags[:2] if chance.random() < 0.5 else ()
    query = _plain(_cut(chance, _text(chance, post), 2, 6))
    return SearchRequest(query, source=(post.source,), account=accounts, hashtag=hashtags)
