"""What `search` finds in the example archive, against a reading of its files that knows no index.

The oracle takes the texts of every save from `index.archive.formats` and asks each whether it holds a text; it
shares with the engine only what folding is.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.decoding import NotAPost
from index.archive.formats import read_save
from index.archive.identity import identify
from index.archive.post import Save
from index.archive.walk import walk
from index.text.folding import fold
from searcher import Searcher
from searcher.query.tree import And, FieldEquals, Hashtag, MatchAll, Node, Not, Or, Phrase, Terms
from tests.conftest import EXAMPLES
from tests.engines import times

Ids = frozenset[str]


def read_archive() -> dict[str, list[Save]]:
    """Return the saves of the example archive by post, in order of time."""
    posts: dict[str, list[Save]] = {}
    for entry in walk(EXAMPLES):
        with open(entry.path, "rb") as file:  # noqa: PTH123
            raw = file.read()
        try:
            save = read_save(raw, str(EXAMPLES), entry.path)
        except NotAPost:
            continue
        posts.setdefault(identify(save.url).id, []).append(save)
    return {one: sorted(saves, key=lambda save: str(save.saved)) for one, saves in posts.items()}


POSTS = read_archive()
EVERYTHING: Ids = frozenset(POSTS)
TEXTS = sorted({text for saves in POSTS.values() for save in saves for text in save.texts if text.strip()})
FOLDED = {one: [fold(text) for save in saves for text in save.texts] for one, saves in POSTS.items()}
TOPICS = sorted({topic for saves in POSTS.values() for topic in saves[-1].content.hashtags})


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())


def topic_key(topic: str) -> str:
    return "".join(c for c in squeezed(fold(topic)) if not c.isspace() and unicodedata.category(c) != "Cf")


def holders(text: str) -> Ids:
    return frozenset(one for one, texts in FOLDED.items() if any(fold(text) in held for held in texts))


def meaning(node: Node) -> Ids:
    """Return the posts that a tree of And, Or, Not and leaves without ranking matches."""
    match node:
        case MatchAll():
            return EVERYTHING
        case Phrase(text=text):
            return holders(text)
        case Hashtag(name=name):
            keys = {one: {topic_key(topic) for topic in saves[-1].content.hashtags} for one, saves in POSTS.items()}
            return frozenset(one for one in POSTS if topic_key(name) in keys[one])
        case FieldEquals(field="source", value=value):
            return frozenset(one for one, saves in POSTS.items() if identify(saves[-1].url).source == value)
        case FieldEquals(field="account", value=value):
            return frozenset(one for one, saves in POSTS.items() if f"weibo.com/{value}/" in saves[-1].url)
        case FieldEquals(field="type", value=value):
            return frozenset(one for one, saves in POSTS.items() if saves[-1].claims["类型"] == value)
        case FieldEquals(field="site", value=value):
            hosts = {one: urlsplit(saves[-1].url).hostname or "" for one, saves in POSTS.items()}
            return frozenset(one for one in POSTS if f".{hosts[one]}".endswith(f".{value}"))
        case Not(child=child):
            return EVERYTHING - meaning(child)
        case And(children=children):
            return EVERYTHING.intersection(*map(meaning, children))
        case Or(children=children):
            return frozenset().union(*map(meaning, children))
        case _:
            raise AssertionError(f"the oracle can't read {node!r}")


@pytest.fixture(scope="session")
def found(examples: Searcher) -> Callable[[str], Ids]:
    def search(query: str) -> Ids:
        results = examples.search(query, page_size=100)
        assert results.total == len(results.hits)
        return frozenset(hit.post.id for hit in results.hits)

    return search


@st.composite
def substrings(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    start = draw(st.integers(0, len(text) - 1))
    return text[start : start + draw(st.integers(1, 12))]


literals = substrings().filter(str.strip)
leaves = st.one_of(
    literals.map(Phrase),
    st.sampled_from(TOPICS).map(Hashtag),
    st.sampled_from(["weibo", "arxiv", "blog.example.org", "nowhere"]).map(lambda value: FieldEquals("source", value)),
    st.sampled_from(["9900000001", "9900000002", "9900000007", "1"]).map(lambda value: FieldEquals("account", value)),
    st.sampled_from(["论文", "教程", "会议"]).map(lambda value: FieldEquals("type", value)),
    st.sampled_from(["weibo.com", "example.org", "example.com", "arxiv.org"]).map(
        lambda value: FieldEquals("site", value)
    ),
    st.just(MatchAll()),
)
trees = st.recursive(
    leaves,
    lambda nodes: st.one_of(
        nodes.map(Not),
        st.lists(nodes, min_size=2, max_size=3).map(lambda children: And(tuple(children))),
        st.lists(nodes, min_size=2, max_size=3).map(lambda children: Or(tuple(children))),
    ),
    max_leaves=8,
)
# Any query that means something: words of the archive stand beside exact texts and operators.
words = literals.map(lambda text: str(Terms(" ".join(text.split()))))
queries = words | trees.map(str)


def test_the_oracle_reads_the_archive() -> None:
    assert len(POSTS) == 31
    assert sum(map(len, POSTS.values())) == 36


def test_random_substrings_find_their_holders_and_no_other(found: Callable[[str], Ids]) -> None:
    chance = random.Random(31)
    for _ in range(times(600)):
        text = chance.choice(TEXTS)
        start = chance.randrange(len(text))
        substring = text[start : start + chance.randint(1, 12)]
        if substring.strip():
            assert found(str(Phrase(substring))) == holders(substring), repr(substring)


def test_every_character_finds_its_holders(found: Callable[[str], Ids]) -> None:
    characters = sorted({character for text in TEXTS for character in text if not character.isspace()})
    for character in characters[:: len(characters) // times(len(characters))]:
        assert found(str(Phrase(character))) == holders(character), repr(character)


@settings(deadline=None, max_examples=times(200))
@given(node=trees)
def test_a_tree_finds_what_it_means(found: Callable[[str], Ids], node: Node) -> None:
    assert found(str(node)) == meaning(node)


@settings(deadline=None, max_examples=times(100))
@given(query=queries)
def test_excluded_middle_holds(found: Callable[[str], Ids], query: str) -> None:
    assert found(f"({query}) OR NOT ({query})") == EVERYTHING
    assert found(f"({query}) AND NOT ({query})") == frozenset()


@settings(deadline=None, max_examples=times(100))
@given(query=queries)
def test_not_not_q_is_q(found: Callable[[str], Ids], query: str) -> None:
    assert found(f"NOT NOT ({query})") == found(query)


@settings(deadline=None, max_examples=times(100))
@given(query=queries, narrower=leaves)
def test_a_filter_never_adds_hits(found: Callable[[str], Ids], query: str, narrower: Node) -> None:
    assert found(f"({query}) {narrower}") == found(query) & found(str(narrower))


@settings(deadline=None, max_examples=times(100))
@given(query=queries, other=queries)
def test_and_or_are_intersection_and_union(found: Callable[[str], Ids], query: str, other: str) -> None:
    assert found(f"({query}) AND ({other})") == found(query) & found(other)
    assert found(f"({query}) OR ({other})") == found(query) | found(other)


@settings(deadline=None, max_examples=times(300))
@given(text=literals)
def test_words_find_every_post_that_holds_them_literally(found: Callable[[str], Ids], text: str) -> None:
    line = " ".join(text.split())
    assert found(str(Terms(line))) >= found(str(Phrase(line)))
