"""Stock Whoosh on an index: its parsers, facets, orders and highlights find Chinese posts as this program does."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from whoosh.index import Index, open_dir
from whoosh.qparser import MultifieldParser, OrGroup, QueryParser
from whoosh.query import And, Query, Term
from whoosh.searching import Results, Searcher
from whoosh.sorting import FieldFacet

from index import open_whoosh, update
from index.archive.post import Post
from index.errors import DamagedIndexError, NoIndexError
from index.schema.fields import FIELDS
from index.schema.zones import Zone, zone_texts
from index.segments.arrays import StoredPosts
from index.segments.record import INDEX_NAME
from index.store.directory import data_folder, latest_generation, toc_file
from index.store.manifest import read_manifest
from index.text.folding import fold
from index.text.tokenizer import word_tokens
from index.whoosh.schema import ALL_TEXTS, TEXT_ZONES, field_texts
from searcher import SearchRequest, open_searcher
from searcher.engine import Searcher as OwnSearcher
from searcher.request import Sort
from tests.conftest import EXAMPLES, WritePost
from tests.searcher.shelf import weibo_url

# Runs of words; of others a phrase finds more than the exact text: other forms of a word, other marks between words.
PHRASES = [
    *("大模型", "大模型的", "手机", "開源大模型", "写作助手", "智能", "阳台种菜", "火流星", "三条骑了两年"),
    *("C++", "ＧＰＴ", "small language", "70亿参数的模型"),
]
HIGHLIGHTED = re.compile(r'<b class="match term\d+">(.*?)</b>')


@dataclass(frozen=True)
class Made:
    """The index of the example archive, as Whoosh opens it and as this program does."""

    location: Path
    index: Index
    stock: Searcher
    own: OwnSearcher
    posts: list[Post]

    def parse(self, text: str, field: str = ALL_TEXTS, **options: object) -> Query:
        return QueryParser(field, self.index.schema, **options).parse(text)

    def stock_ids(self, query: str | Query) -> set[str]:
        return ids(self.stock.search(self.parse(query) if isinstance(query, str) else query, limit=None))

    def own_ids(self, query: str) -> set[str]:
        return {hit.post.id for hit in self.own.search(query, page_size=100).hits}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    location = tmp_path_factory.mktemp("stock") / "index"
    update(location, [EXAMPLES])
    data = data_folder(location)
    posts = list(StoredPosts(data, read_manifest(data, latest_generation(data)).segments))
    index = open_whoosh(location)
    with index.searcher() as stock, open_searcher(location) as own:
        yield Made(location, index, stock, own, posts)


@pytest.fixture
def stock(archive: Path, location: Path) -> Callable[[str], set[str]]:
    """Give a function that updates the index, and returns the titles that stock Whoosh finds by a query string."""

    def search(text: str) -> set[str]:
        update(location, [archive])
        index = open_whoosh(location)
        with index.searcher() as searcher:
            return {hit["title"] for hit in searcher.search(QueryParser(ALL_TEXTS, index.schema).parse(text))}

    return search


def ids(results: Results) -> set[str]:
    return {hit["id"] for hit in results}


# --- finding --------------------------------------------------------------------------------------------------


def test_the_parser_cuts_a_chinese_query_into_words(made: Made) -> None:
    assert made.parse("大模型手机") == And([Term(ALL_TEXTS, word) for word in ("大", "模型", "手机")])
    assert made.parse("開源ＧＰＴ running") == And([Term(ALL_TEXTS, word) for word in ("开源", "gpt", "run")])


@pytest.mark.parametrize("field", [ALL_TEXTS, *TEXT_ZONES])
def test_each_text_field_holds_exactly_the_tokens_of_its_texts(made: Made, field: str) -> None:
    zones = TEXT_ZONES.get(field, tuple(Zone))
    expected: dict[str, set[str]] = defaultdict(set)
    for post in made.posts:
        for text in (text for zone in zones for text in zone_texts(post)[zone]):
            for token in word_tokens(fold(text.strip())):
                expected[token].add(post.id)
    assert list(made.stock.reader().field_terms(field)) == sorted(expected)
    assert {token: made.stock_ids(Term(field, token)) for token in expected} == expected


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_finds_what_an_exact_text_finds(made: Made, text: str) -> None:
    assert made.stock_ids(f'"{text}"') == made.own_ids(f'"{text}"') != set()


@pytest.mark.parametrize("query", ["模*", "g*", "g*t", "*模*"])
def test_prefixes_and_patterns_find_what_they_find_here(made: Made, query: str) -> None:
    assert made.stock_ids(query) == made.own_ids(query)


def test_words_are_joined_by_and_or_and_not(made: Made) -> None:
    phone, model = made.own_ids("手机"), made.own_ids("模型")
    assert phone & model
    assert phone - model
    assert made.stock_ids("手机 模型") == phone & model
    assert made.stock_ids("手机 OR 模型") == phone | model
    assert made.stock_ids(made.parse("手机 模型", group=OrGroup)) == phone | model
    assert made.stock_ids("手机 NOT 模型") == phone - model


def test_several_fields_are_searched_at_once(made: Made) -> None:
    query = MultifieldParser(["title", "summary"], made.index.schema).parse("露营")
    titles, summaries = made.stock_ids("title:露营"), made.stock_ids("summary:露营")
    assert titles - summaries
    assert summaries - titles
    assert made.stock_ids(query) == titles | summaries == made.own_ids("title:露营 OR in:summary 露营")


@pytest.mark.parametrize(
    ("title", "body", "phrase", "is_found"),
    [
        ("甲", "大模型手机", "模型手机", True),
        ("甲", "模型大手机", "模型手机", False),
        ("甲", "手机模型", "模型手机", False),
        ("甲", "大模型，手机", "大模型手机", True),
        ("甲", "清華大學的學生", "清华大学的学生", True),
        ("大", "模型", "大模型", False),
        ("甲", "deep  learning", "deep learning", True),
        ("甲", "deeper learning", "deep learning", False),
        ("甲", "she was running fast", "run fast", True),
        ("甲", "a GPT-4o model", "4o model", True),
        ("甲", "a GPT 4o model", "gpt-4o model", True),
        ("甲", "a 4o GPT model", "gpt-4o model", False),
        ("甲", "用C++写", "C++写", True),
        ("甲", "モデルを学ぶ", "モデルを学ぶ", True),
    ],
)
def test_a_phrase_needs_its_words_side_by_side(
    write_post: WritePost, stock: Callable[[str], set[str]], title: str, body: str, phrase: str, is_found: bool
) -> None:
    write_post(title=title, body=body)
    assert stock(f'"{phrase}"') == ({title} if is_found else set())


def test_a_phrase_with_slop_lets_words_between(write_post: WritePost, stock: Callable[[str], set[str]]) -> None:
    write_post(title="甲", body="手机里的小模型")
    assert stock('"手机 模型"') == set()
    assert stock('"手机 模型"~4') == {"甲"}
    assert stock('"手机 模型"~3') == set()


def test_a_range_of_times_or_numbers_is_found(made: Made) -> None:
    start, end = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
    march = {post.id for post in made.posts if post.published and start <= post.published < end}
    assert made.stock_ids("published:202503") == made.stock_ids("published:[20250301 TO 20250331]") == march != set()
    assert made.stock_ids("saves:[2 TO]") == {post.id for post in made.posts if len(post.saves) >= 2} != set()


def test_an_update_is_seen_after_a_refresh(write_post: WritePost, archive: Path, location: Path) -> None:
    write_post("2025-05-08/a.md", body="旧的风筝")
    write_post("2025-05-08/b.md", url=weibo_url(2), body="另一只风筝")
    update(location, [archive])
    index = open_whoosh(location)
    write_post("2025-05-08/a.md", body="新的雨伞")
    update(location, [archive])
    fresh = index.refresh()
    with fresh.searcher() as searcher:
        found = {word: len(searcher.search(Term(ALL_TEXTS, word))) for word in ("风筝", "雨伞")}
    assert found == {"风筝": 1, "雨伞": 1}


# --- hits -----------------------------------------------------------------------------------------------------


def test_a_hit_shows_what_a_hit_of_this_program_shows(made: Made) -> None:
    own = {hit.post.id: hit.post for hit in made.own.search("", page_size=100).hits}
    hits = {hit["id"]: hit for hit in made.stock.search(made.parse("*"), limit=None)}
    assert hits.keys() == own.keys()
    for key, post in own.items():
        hit = hits[key]
        assert (hit["title"], hit["url"], hit["source"]) == (post.title, post.url, post.source)
        assert hit["published"].replace(tzinfo=UTC) == post.published
        assert (hit["saves"], hit["hashtags"]) == (len(post.saves), list(post.hashtags))
        assert {name: hit.get(name, "") for name in (ALL_TEXTS, "body", "quoted", "summary")} == {
            name: "\n\n".join(texts) for name, texts in field_texts(post).items() if name != "title"
        }


@pytest.mark.parametrize("name", ["source", "account", "hashtag"])
def test_groups_are_the_facets_of_this_program(made: Made, name: str) -> None:
    facet = FieldFacet(name, allow_overlap=name == "hashtag")
    groups = made.stock.search(made.parse('"大模型"'), limit=None, groupedby=facet).groups(name)
    counts = {FIELDS[name].normalize(bucket.value): bucket.count for bucket in made.own.search('"大模型"').facets[name]}
    assert {value: len(documents) for value, documents in groups.items() if value} == counts != {}


@pytest.mark.parametrize(("is_reversed", "sort"), [(False, Sort.OLDEST), (True, Sort.NEWEST)])
def test_hits_are_sorted_by_time(made: Made, is_reversed: bool, sort: Sort) -> None:
    own = made.own.search(SearchRequest('"大模型"', sort=sort, page_size=100))
    order = FieldFacet("published", reverse=is_reversed)
    hits = made.stock.search(made.parse('"大模型"'), limit=None, sortedby=order)
    assert [hit["id"] for hit in hits] == [hit.post.id for hit in own.hits]
    hits = made.stock.search(made.parse('"大模型"'), limit=None, sortedby="published", reverse=is_reversed)
    assert [hit["id"] for hit in hits] == [hit.post.id for hit in own.hits]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_post_without_a_time_is_sorted_last(
    write_post: WritePost, archive: Path, location: Path, is_reversed: bool
) -> None:
    write_post("a.md", title="甲", url="https://example.com/0", saved="")
    for number in (1, 2):
        write_post(
            f"{number}.md", title=str(number), url=f"https://example.com/{number}", saved=f"2025-05-0{number}T08:00:00Z"
        )
    update(location, [archive])
    with open_whoosh(location).searcher() as searcher:
        query = Term(ALL_TEXTS, "正文")
        hits = searcher.search(query, sortedby=FieldFacet("published", reverse=is_reversed), groupedby="published")
        assert [hit["title"] for hit in hits] == (["2", "1", "甲"] if is_reversed else ["1", "2", "甲"])
        assert len(hits.groups("published")) == 3


def test_other_columns_sort_in_both_directions(made: Made) -> None:
    for name in ("id", "source", "saves"):
        for is_reversed in (False, True):
            order = FieldFacet(name, reverse=is_reversed)
            values = [hit[name] for hit in made.stock.search(made.parse("*"), limit=None, sortedby=order)]
            assert values == sorted(values, reverse=is_reversed)


@pytest.mark.parametrize(
    ("body", "query", "highlighted"),
    [
        ("端午連假騎車上山", "连假", ["連假"]),
        ("😀😀全角的ＧＰＴ🍳与大模型", "gpt 模型", ["ＧＰＴ", "模型"]),
        ("👨‍👩‍👧‍👦的大模型很好", '"大模型"', ["大模型"]),
        ("a GPT-4o model", "4o", ["GPT-4o"]),
        ("㈱ﬁnd it", "find", ["ﬁnd"]),
        ("清華大學的大學生", "大学", ["大學", "大學"]),
        ("Running runs", "run*", ["Running", "runs"]),
    ],
)
def test_highlights_stand_exactly_in_the_raw_text(
    write_post: WritePost, archive: Path, location: Path, body: str, query: str, highlighted: list[str]
) -> None:
    write_post(body=body)
    update(location, [archive])
    index = open_whoosh(location)
    with index.searcher() as searcher:
        (hit,) = searcher.search(QueryParser("body", index.schema).parse(query))
        shown = hit.highlights("body")
    assert HIGHLIGHTED.findall(shown) == highlighted
    assert HIGHLIGHTED.sub(r"\1", shown) in body


@pytest.mark.parametrize("query", ["大模型", "模型", "手机", "GPT", "running", "gr*"])
def test_every_hit_by_a_word_has_a_highlight(made: Made, query: str) -> None:
    hits = made.stock.search(made.parse(query), limit=None)
    assert len(hits)
    assert all(HIGHLIGHTED.search(hit.highlights(ALL_TEXTS)) for hit in hits)


# --- opening --------------------------------------------------------------------------------------------------


def test_whoosh_itself_opens_the_data_folder(made: Made) -> None:
    index = open_dir(str(data_folder(made.location)), INDEX_NAME)
    with index.searcher() as searcher:
        results = searcher.search(QueryParser(ALL_TEXTS, index.schema).parse('"大模型"'), limit=None)
        assert ids(results) == made.own_ids('"大模型"') != set()


def test_queries_are_cut_by_the_user_words_of_the_index(
    write_post: WritePost, archive: Path, location: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("具身智能\n", encoding="utf-8")
    monkeypatch.setenv("SEARCHER_WORDS", str(words))
    write_post(body="谈谈具身智能")
    update(location, [archive])
    index = open_whoosh(location)
    assert QueryParser(ALL_TEXTS, index.schema).parse("具身智能") == Term(ALL_TEXTS, "具身智能")
    with index.searcher() as searcher:
        (hit,) = searcher.search(Term(ALL_TEXTS, "具身智能"))
        assert HIGHLIGHTED.findall(hit.highlights(ALL_TEXTS)) == ["具身智能"]


def test_a_table_of_contents_that_was_changed_is_not_opened(
    write_post: WritePost, archive: Path, location: Path
) -> None:
    write_post()
    update(location, [archive])
    data = data_folder(location)
    toc = toc_file(data, latest_generation(data))
    toc.write_bytes(toc.read_bytes()[:-1] + b"\0")
    with pytest.raises(DamagedIndexError, match="have changed"):
        open_whoosh(location)


def test_where_there_is_no_index_none_is_opened(location: Path) -> None:
    with pytest.raises(NoIndexError):
        open_whoosh(location)
