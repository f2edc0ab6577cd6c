"""Tables of queries and the posts they find, through `search` over small archives and the example archive."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.archive.hashtags import hashtag_key
from index.text.folding import fold
from searcher import Searcher, SearchRequest
from searcher.errors import QuerySyntaxError
from searcher.request import DateUnit, RequestError, Sort
from searcher.results import Results
from tests.engines import Engine
from tests.searcher.shelf import Shelf, linked, weibo_url

Build = Callable[..., Shelf]


@pytest.fixture(scope="module")
def build(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    shelves: list[Shelf] = []

    def make(**posts: dict[str, str] | list[dict[str, str]]) -> Shelf:
        shelves.append(Shelf(tmp_path_factory.mktemp("shelf"), posts, engine))
        return shelves[-1]

    yield make
    for shelf in shelves:
        shelf.close()


def table(*rows: tuple[str, str]) -> pytest.MarkDecorator:
    """Parametrize with a query and the names of all posts it finds, in one string."""
    return pytest.mark.parametrize(
        ("query", "names"),
        [(query, set(names.split())) for query, names in rows],
        ids=[repr(query) for query, _ in rows],
    )


def ids(results: Results) -> list[str]:
    return [hit.post.id for hit in results.hits]


# --- operators ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def orchard(build: Build) -> Shelf:
    fruit = {"ap": "苹果 桃子", "al": "苹果 梨子", "pl": "桃子 梨子", "apl": "苹果 桃子 梨子"}
    return build(**{name: {"body": body} for name, body in fruit.items()})


@table(
    ("", "ap al pl apl"),
    ("*", "ap al pl apl"),
    ("-*", ""),
    ("苹果", "ap al apl"),
    ("苹果 桃子", "ap al pl apl"),
    ('"苹果" "桃子"', "ap apl"),
    ('"苹果 桃子"', "ap apl"),
    ('"桃子 苹果"', ""),
    ('"苹果" AND "桃子"', "ap apl"),
    ('"苹果" OR "桃子"', "ap al pl apl"),
    ("苹果 AND 桃子", "ap apl"),
    ('苹果 "桃子"', "ap apl"),
    ("-苹果", "pl"),
    ("NOT 苹果", "pl"),
    ("苹果 -桃子", "al"),
    ('NOT NOT "苹果"', "ap al apl"),
    ('NOT ("苹果" "桃子")', "al pl"),
    ('("苹果" OR "桃子") "梨子"', "al pl apl"),
    ('"苹果" AND "桃子" OR "梨子" AND -"苹果"', "ap apl pl"),
    ("（“苹果” OR “桃子”） －“梨子”", "ap"),
    ("葡萄", ""),
    ('苹果 "葡萄"', ""),
)
def test_operators_combine_clauses(orchard: Shelf, query: str, names: set[str]) -> None:
    assert orchard.found(query) == names


def test_queries_without_meaning_raise_a_syntax_error(orchard: Shelf) -> None:
    for query in ("((", '"', "sorce:x", "a AND", "date:x", "(" * 10_000):
        with pytest.raises(QuerySyntaxError):
            orchard.search(query)


# --- texts -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def texts(build: Build) -> Shelf:
    bodies = {
        "hyphen": "昨天试了GPT-4o，很快。",
        "joined": "gpt4o 会画画",
        "spaced": "用 GPT 4o 写周报",
        "older": "GPT-3.5 还在",
        "traditional": "山上露營的夜",
        "simplified": "山上露营的清晨",
        "wide": "ＣＡＴ 与 ｆｏｘ",
        "narrow": "cat 与 FOX",
        "boundary": "送去做水质量化验报告",
        "character": "门上贴了个囍字",
        "emoji": "今天下厨🍳很香",
        "money": "一个月 $39/月？！太贵",
        "letter": "选 Z 不选别的",
        "sharp": "C++ 和 C# 之争",
        "stops": "To be or not to be, that is the question.",
        "mixed": "把AI放进Excel表格",
        "marked": "´开头的一句",
        "spread": "风筝<br><br>在天上<br>飞",
    }
    wrapped = "They grow rice on\nterraces, slowly   and\n\t patiently."
    paper = {"url": "http://arxiv.org/abs/2505.99001v1", "body": wrapped}
    return build(wrapped=paper, **{name: {"body": body} for name, body in bodies.items()})


@table(
    # exact text: every post that holds it, and no other
    ('"GPT-4o"', "hyphen"),
    ('"gpt4o"', "joined"),
    ('"gpt 4o"', "spaced"),
    ('"gpt"', "hyphen joined spaced older"),
    ('"pt-4"', "hyphen"),
    ('"4o"', "hyphen joined spaced"),
    ('"露營"', "traditional simplified"),
    ('"露营的"', "traditional simplified"),
    ('"cat 与 fox"', "wide narrow"),
    ('"ＣＡＴ"', "wide narrow"),
    ('"rice on terraces, slowly and patiently."', "wrapped"),
    ('"RICE  on\n\n terraces"', "wrapped"),
    ('"riceon"', ""),
    ('"风筝 在天上 飞"', "spread"),
    ('"风筝在"', ""),
    ('"量化"', "boundary"),
    ('"水质量化验报"', "boundary"),
    ('"囍"', "character"),
    ('"🍳很"', "emoji"),
    ('"$39/月?!"', "money"),
    ('"？"', "money"),
    ('"Z"', "letter"),
    ('"c++"', "sharp"),
    ('"C#"', "sharp"),
    ('"to be, that"', "stops"),
    ('"AI放进E"', "mixed"),
    ('"i放"', "mixed"),
    ('"´开头"', "marked"),
    ('"没有的话"', ""),
    # words
    ("露營", "traditional simplified"),
    ("露营", "traditional simplified"),
    ("Ｃat", "wide narrow"),
    ("量化", "boundary"),
    ("囍", "character"),
    ("🍳", "emoji"),
    ("！", "money"),
    ("Ｚ", "letter"),
    ("c++", "sharp"),
    ("that", "stops"),
    ("的", "traditional simplified letter marked"),
    ("GPT-4o", "hyphen joined spaced"),
    ("gpt4o", "hyphen joined spaced"),
    ("excel", "mixed"),
    ("terraces", "wrapped"),
    ("terrace", "wrapped"),
)
def test_texts_match_in_every_spelling(texts: Shelf, query: str, names: set[str]) -> None:
    assert texts.found(query) == names


@pytest.mark.parametrize(("query", "first"), [("GPT-4o", "hyphen"), ("gpt4o", "joined"), ("GPT 4o", "spaced")])
def test_the_exact_spelling_of_a_name_ranks_first(texts: Shelf, query: str, first: str) -> None:
    ranked = texts.ranked(query)
    assert ranked[0] == first
    assert set(ranked[:3]) == {"hyphen", "joined", "spaced"}


@pytest.mark.parametrize("query", ["GPT-4o", "gpt4o", "GPT 4o"])
def test_every_spelling_is_highlighted(texts: Shelf, query: str) -> None:
    marked = {
        "".join(fragment.text for fragment in hit.snippet if fragment.matched).replace(" ", "").replace("-", "").lower()
        for hit in texts.search(query).hits[:3]
    }
    assert marked == {"gpt4o"}


def test_posts_with_more_of_the_words_rank_first(build: Build) -> None:
    shelf = build(
        one={"body": "灯笼挂在门口，今天什么都没写"},
        both={"body": "灯笼和风铃挂在门口"},
        other={"body": "风铃响了一夜，今天什么都没写"},
        none={"body": "门口只有一把扫帚"},
    )
    ranked = shelf.ranked("灯笼 风铃")
    assert ranked[0] == "both"
    assert set(ranked) == {"both", "one", "other"}


def test_title_words_rank_above_body_words(build: Build) -> None:
    shelf = build(body={"title": "札记", "body": "灯笼"}, title={"title": "灯笼", "body": "札记"})
    assert shelf.ranked("灯笼") == ["title", "body"]


# --- parts of a post ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(build: Build) -> Shelf:
    return build(
        title={"title": "月亮观察站 lantern"},
        body={"body": "月亮升起来 lantern"},
        quoted={"body": "转发<blockquote>月亮升起来 lantern</blockquote>"},
        summary={"summary": "月亮升起来 lantern"},
        earlier=[
            {"summary": "月亮升起来 lantern", "saved": "2025-05-01T00:00:00Z"},
            {"summary": "天亮了", "saved": "2025-05-02T00:00:00Z"},
        ],
        none={"body": "太阳"},
    )


@table(
    ("月亮", "title body quoted summary earlier"),
    ("title:月亮", "title"),
    ('title:"月亮"', "title"),
    ("in:title 月亮", "title"),
    ('in:title "月亮"', "title"),
    ("in:title (月亮 OR 太阳)", "title"),
    ("original:月亮", "title body quoted"),
    ('in:original "月亮"', "title body quoted"),
    ("summary:月亮", "summary"),
    ("月亮 -title:月亮", "body quoted summary earlier"),
    ("title:月亮 summary:小结", "title"),
    ("title:lantern", "title"),
    ("original:lant*", "title body quoted"),
    ("summary:lantren~", "summary"),
    ("title:月亮观*", "title"),
    ("summary:月亮升*", "summary"),
    ("title:太阳", ""),
)
def test_scopes_search_one_part_of_a_post(parts: Shelf, query: str, names: set[str]) -> None:
    assert parts.found(query) == names


def test_a_hit_names_the_parts_that_matched(parts: Shelf) -> None:
    assert parts.matched_in("月亮") == {name: (name,) for name in ("title", "body", "quoted", "summary", "earlier")}


def test_the_best_matching_part_is_named_first(build: Build) -> None:
    shelf = build(all={"title": "月亮", "body": "月亮来<blockquote>月亮去</blockquote>", "summary": "月亮圆"})
    assert shelf.matched_in("月亮") == {"all": ("title", "body", "summary", "quoted")}


def test_a_hashtag_is_named_as_a_matching_part(build: Build) -> None:
    shelf = build(tagged={"body": f"出发 {linked('露营')}"})
    assert shelf.matched_in("#露营#") == {"tagged": ("hashtag",)}


def test_matches_in_earlier_saves_rank_below(parts: Shelf, build: Build) -> None:
    assert parts.ranked("月亮")[-1] == "earlier"
    shelf = build(
        edited=[
            {"title": "蒸汽机车", "body": "蒸汽机车 蒸汽机车 蒸汽机车", "saved": "2025-05-01T00:00:00Z"},
            {"title": "改了", "body": "改了", "saved": "2025-05-02T00:00:00Z"},
        ],
        says={"body": f"蒸汽机车。{'还有许多别的话要说，写了很长一段。' * 20}"},
    )
    assert shelf.ranked("蒸汽机车") == ["says", "edited"]
    assert shelf.ranked('"蒸汽机车"') == ["says", "edited"]


def test_every_save_is_found_and_one_post_is_one_hit(build: Build) -> None:
    saves = [{"summary": f"第{number}次的灯塔", "saved": f"2025-05-0{number}T00:00:00Z"} for number in range(1, 6)]
    shelf = build(often=saves)
    assert shelf.ranked("灯塔") == ["often"]
    for number in range(1, 6):
        assert shelf.ranked(f'"第{number}次的灯塔"') == ["often"]
    assert len(shelf.search("灯塔").hits[0].post.saves) == 5


# --- hashtags ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hashtags(build: Build) -> Shelf:
    return build(
        linked={"body": f"夜骑 {linked('City Ride')}"},
        unlinked={"body": "夜骑 #CityRide# 好"},
        shouted={"title": "#CITYRIDE# 夜骑"},
        wide={"body": "夜骑 #ＣｉｔｙＲｉｄｅ#"},
        invisible={"body": linked("\ufeffCityRide")},
        quoted={"body": f"转发<blockquote>{linked('cityride')}</blockquote>"},
        adjacent={"body": f"{linked('CityRide')}{linked('露营')}"},
        traditional={"body": linked("露營")},
        false={"body": f"Candidates {linked('1 and ')}5 are"},
        language={"body": "从C#到C++，CityRide 只是一句话"},
    )


RIDERS = "linked unlinked shouted wide invisible quoted adjacent"


@table(
    ("#CityRide#", RIDERS),
    ("#City Ride#", RIDERS),
    ("#cityride", RIDERS),
    ("＃CITYRIDE＃", RIDERS),
    ("#ＣｉｔｙＲｉｄｅ#", RIDERS),
    ("hashtag:CityRide", RIDERS),
    ('hashtag:"city  ride"', RIDERS),
    ("hashtag：#cityride#", RIDERS),
    ("#露营#", "adjacent traditional"),
    ("#露營", "adjacent traditional"),
    ("#CityRide##露营#", "adjacent"),
    ("#CityRide# OR #露营#", f"{RIDERS} traditional"),
    ("-#CityRide#", "traditional false language"),
    ("#1 and #", ""),
    ("hashtag:C", ""),
    ("#City#", ""),
)
def test_hashtags_match_in_any_spelling(hashtags: Shelf, query: str, names: set[str]) -> None:
    assert hashtags.found(query) == names


@pytest.mark.parametrize("value", ["CityRide", "city ride", "#CITYRIDE#"])
def test_the_hashtag_filter_takes_any_spelling(hashtags: Shelf, value: str) -> None:
    assert hashtags.found("", hashtag=(value,)) == set(RIDERS.split())


# --- dates -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calendar(build: Build) -> Shelf:
    moments = {
        "eve": datetime(2025, 4, 30, 15, 59, 59, tzinfo=UTC),  # the last second of April in Shanghai
        "may": datetime(2025, 4, 30, 16, 0, 0, tzinfo=UTC),  # the first of May
        "last": datetime(2025, 5, 31, 15, 59, 59, tzinfo=UTC),
        "june": datetime(2025, 5, 31, 16, 0, 0, tzinfo=UTC),
    }
    posts = {name: {"url": weibo_url(9900000200, moment)} for name, moment in moments.items()}
    return build(undated={"url": "https://example.org/undated", "saved": ""}, **posts)


@table(
    ("date:2025-04", "eve"),
    ("date:2025-05", "may last"),
    ("date:2025-06", "june"),
    ("date:2025", "eve may last june"),
    ("date:2025-04-30", "eve"),
    ("date:2025-05-01", "may"),
    ("date:2025-05-31", "last"),
    ("date:2025-04-30..2025-05-01", "eve may"),
    ("date:..2025-04", "eve"),
    ("date:2025-06..", "june"),
    ("since:2025-05", "may last june"),
    ("since:2025-05-31", "last june"),
    ("until:2025-05", "eve may last"),
    ("until:2025-04-30", "eve"),
    ("since:2025-05 until:2025-05", "may last"),
    ("since：2025-05 －date：2025-05-31", "may june"),
    ("-date:2025", "undated"),
    ("date:2024", ""),
    ("", "eve may last june undated"),
)
def test_dates_are_half_open_in_shanghai_time(calendar: Shelf, query: str, names: set[str]) -> None:
    assert calendar.found(query) == names


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        ("2025-05", "2025-05", "may last"),
        ("2025-05-01", "2025-05-01", "may"),
        ("2025-05", None, "may last june"),
        (None, "2025-05", "eve may last"),
    ],
)
def test_the_filters_since_and_until_include_both(
    calendar: Shelf, since: str | None, until: str | None, names: str
) -> None:
    assert calendar.found("", since=since, until=until) == set(names.split())


@pytest.mark.parametrize("name", ["since", "until"])
def test_a_filter_that_is_no_date_is_an_error(calendar: Shelf, name: str) -> None:
    with pytest.raises(RequestError, match=f"^{name} is 'soon', which is no date; write 2025, .*\\.$"):
        calendar.search("", **{name: "soon"})


def test_posts_without_a_time_sort_last(calendar: Shelf) -> None:
    assert calendar.ranked("", sort=Sort.NEWEST) == ["june", "last", "may", "eve", "undated"]
    assert calendar.ranked("", sort=Sort.OLDEST) == ["eve", "may", "last", "june", "undated"]


def test_months_are_counted_in_shanghai_time(calendar: Shelf) -> None:
    months = [(bucket.value, bucket.count) for bucket in calendar.search("").facets["date"]]
    assert months == [("2025-06", 1), ("2025-05", 2), ("2025-04", 1)]


# --- prefixes and slips ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def words(build: Build) -> Shelf:
    bodies = {
        "sextant": "a sextant",
        "octant": "an OCTANT",
        "october": "October rain",
        "shallow": "shallow water",
        "han": "显微镜头",
        "no": "镜显微",
    }
    return build(**{name: {"body": body} for name, body in bodies.items()})


@table(
    ("oct*", "octant october"),
    ("OCT＊", "octant october"),
    ("sextan*", "sextant"),
    ("extant*", ""),
    ("显微*", "han no"),
    ("微镜*", "han"),
    ("octent~", "octant"),
    ("sextnat~", "sextant"),
    ("sextant～", "sextant"),
    ("sxetnat~", ""),
    ("bctant~", ""),
    ("oct* -octant", "october"),
    ('"oct*"', ""),
    (r"oct\*", ""),
)
def test_prefixes_wildcards_and_fuzzy_words_expand(words: Shelf, query: str, names: set[str]) -> None:
    assert words.found(query) == names


def test_fuzzy_words_of_one_prefix_expand_separately(words: Shelf) -> None:
    assert words.found("sextnat~") == {"sextant"}
    assert words.found("shollow~") == {"shallow"}


# --- the example archive -----------------------------------------------------------------------------------

PINNED, KETTLE, GREEN_ROOM, STARS = (
    "weibo:9900000002/OEA7xtTT4",
    "arxiv:2501.99001",
    "arxiv:2505.99034",
    "arxiv:2503.99013",
)
MOUNTAIN, BIKE, FRIDGE = "weibo:9900000007/Puzafo51T", "weibo:9900000002/Prd1LyCRY", "weibo:9900000003/PscdM5M3J"
RAIN, CAMPSITE, LEDGER = "weibo:9900000002/Po1xDDhAc", "weibo:9900000002/Pp277vxzL", "weibo:9900000006/Pfw3taZDC"
PHONE, SOIL, DAWN = "weibo:9900000001/PgztznL7L", "weibo:9900000003/PhyL9kxbj", "weibo:9900000002/PwAShDVnv"
LIGHTHOUSE, TRAIN, CLUB = "weibo:9900000006/P6D8k6W6O", "weibo:9900000005/P81Gr2UPp", "weibo:9900000005/Pwe0FjOME"
MILKY_WAY, MAGAZINE, TRAILS_URL = "weibo:9900000004/Pl9A8xmdg", "weibo:9900000001/PvAD575vR", "notes.example.com"

EXAMPLE_TABLE = [
    ("source:arxiv", {KETTLE, GREEN_ROOM, STARS}),
    ("site:arxiv.org", {KETTLE, GREEN_ROOM, STARS}),
    ("account:9900000002", {PINNED, RAIN, CAMPSITE, BIKE, DAWN}),
    ("account:9900000007", {MOUNTAIN}),
    ("type:论文 source:arxiv", {KETTLE, GREEN_ROOM, STARS}),
    ("#露营#", {MOUNTAIN, RAIN, CAMPSITE}),
    ("#一周一书#", {LIGHTHOUSE, TRAIN, CLUB}),
    ("#cityride", {PINNED, CAMPSITE, BIKE, MOUNTAIN, DAWN}),
    ("#咖啡&书#", {TRAIN}),
    ('"量化"', {PHONE, KETTLE, BIKE, SOIL}),
    ('"GPT-4o"', {CAMPSITE}),
    ('"蒸笼"', {PHONE}),
    ('"千层饼"', {PHONE}),
    ("samovar", {KETTLE}),
    ('"<actor> or"', {GREEN_ROOM}),
    (r'"\alpha = 1.6$"', {STARS}),
    ('"$39/月"', {"weibo:9900000001/PmJtcchgD"}),
    ('"视频无法显示"', set()),
    ('"第七章写养蜂人"', {TRAIN}),
    ('"我的笔记"', {TRAIN}),
    ('"ＧＰＴ是什么？"', {MAGAZINE}),
    ('"配拍\ufffd"', set()),
    ("自転車", {"url:2fc3078afe1c0a35"}),
    ("Поезд", {CLUB}),
    ('"김치는"', {"weibo:9900000003/P2RTmc9Ao"}),
    ("date:2025-04-01", {MILKY_WAY}),
    ("date:2025-03 account:9900000004", set()),
]


@pytest.mark.parametrize(("query", "expected"), EXAMPLE_TABLE, ids=[row[0] for row in EXAMPLE_TABLE])
def test_queries_over_the_example_archive(examples: Searcher, query: str, expected: set[str]) -> None:
    assert set(ids(examples.search(query, page_size=100))) == expected


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("site:example.org", {"blog.example.org", "ja.example.org"}),
        ("site:notes.example.com", {"notes.example.com"}),
        ("type:教程", {"notes.example.com"}),
        ("source:blog.example.org", {"blog.example.org"}),
    ],
)
def test_site_type_and_source_fields_match(examples: Searcher, query: str, sources: set[str]) -> None:
    assert {hit.post.source for hit in examples.search(query).hits} == sources


# --- pages, sorts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", ["", "大模型 手机", "的", '"的"', "#露营# OR source:arxiv"])
def test_pages_partition_the_hits(examples: Searcher, query: str, sort: Sort) -> None:
    whole = examples.search(SearchRequest(query, sort=sort, page_size=100))
    assert whole.total == len(whole.hits) == len(set(ids(whole)))
    for page_size in (1, 3, 7):
        request = SearchRequest(query, sort=sort, page_size=page_size)
        pages = [examples.search(replace(request, page=page)) for page in range(1, whole.total // page_size + 3)]
        assert [one for page in pages for one in ids(page)] == ids(whole)
        assert {page.total for page in pages} == {whole.total}
        assert all(page.facets == whole.facets for page in pages)
        for one, other in zip(examples.pages(replace(request, page=2)), pages[: max(1, pages[0].pages)], strict=True):
            assert replace(one, took_ms=0) == replace(other, took_ms=0)


def test_hits_are_in_the_order_of_the_sort(examples: Searcher) -> None:
    scores = [hit.score for hit in examples.search("大模型 手机", page_size=100).hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    newest = [hit.post.published for hit in examples.search(SearchRequest(sort=Sort.NEWEST, page_size=100)).hits]
    assert newest == sorted(newest, reverse=True)
    oldest = [hit.post.published for hit in examples.search(SearchRequest(sort=Sort.OLDEST, page_size=100)).hits]
    assert oldest == sorted(oldest)


# --- facets ------------------------------------------------------------------------------------------------

FILTERED = {
    "everything": SearchRequest(),
    "words": SearchRequest("大模型"),
    "a source": SearchRequest(source=("weibo",)),
    "two sources": SearchRequest("的", source=("weibo", "arxiv")),
    "a hashtag": SearchRequest(hashtag=("city ride",)),
    "a month": SearchRequest(since="2025-04", until="2025-04"),
    "days of a month": SearchRequest(since="2025-04", until="2025-04", date_by=DateUnit.DAY),
    "years": SearchRequest("大模型", date_by=DateUnit.YEAR),
    "a claimed source": SearchRequest(claimed_source=("Blog", "ArXiv")),
    "hashtags by name": SearchRequest(hashtag=("露营",), hashtag_like="city"),
    "an account and a hashtag": SearchRequest("露营", account=("9900000002",), hashtag=("露营",)),
    "nothing": SearchRequest("露营", source=("arxiv",)),
}


def choosing(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Return the request with this bucket as the only one of its facet."""
    if facet == "date":
        return replace(request, since=value, until=value)
    return replace(request, **{facet: (value,)})


@pytest.mark.parametrize("request_", FILTERED.values(), ids=FILTERED)
def test_a_bucket_counts_the_hits_of_selecting_it(examples: Searcher, request_: SearchRequest) -> None:
    for facet, buckets in examples.search(request_).facets.items():
        for bucket in buckets:
            assert (facet, bucket.value, examples.search(choosing(request_, facet, bucket.value)).total) == (
                facet,
                bucket.value,
                bucket.count,
            )


@pytest.mark.parametrize("facet", ["source", "account", "hashtag", "date", "claimed_source"])
def test_a_facet_ignores_its_own_filter(examples: Searcher, facet: str) -> None:
    before = examples.search("").facets[facet]
    after = examples.search(SearchRequest().toggled(facet, before[0].value)).facets[facet]
    assert [(bucket.value, bucket.count) for bucket in after] == [(bucket.value, bucket.count) for bucket in before]
    assert [bucket.value for bucket in after if bucket.selected] == [before[0].value]


@pytest.mark.parametrize(
    ("facet", "value"),
    [("source", "arxiv"), ("account", "9900000007"), ("hashtag", "一周一书"), ("date", "2024-11")],
)
def test_an_empty_selected_bucket_stays_listed(examples: Searcher, facet: str, value: str) -> None:
    results = examples.search(SearchRequest('"豆浆铺"').toggled(facet, value))
    assert results.total == 0
    assert [(bucket.value, bucket.count) for bucket in results.facets[facet] if bucket.selected] == [(value, 0)]


@pytest.mark.parametrize(
    ("facet", "value"), [("source", "nowhere"), ("account", "1"), ("hashtag", "没有的话题"), ("date", "2023-01")]
)
def test_an_unknown_selected_value_stays_listed(examples: Searcher, facet: str, value: str) -> None:
    results = examples.search(SearchRequest().toggled(facet, value))
    assert results.total == 0
    assert [bucket.count for bucket in results.facets[facet] if bucket.selected] == [0]


def test_a_topic_is_one_bucket_in_its_commonest_spelling(examples: Searcher) -> None:
    buckets = {bucket.value: bucket.count for bucket in examples.search("").facets["hashtag"]}
    assert buckets["CityRide"] == 5
    assert buckets["一周一书"] == 3
    assert not {"City Ride", "cityride", "CITYRIDE", "一周 一书", "1 and", "人工智能"} & set(buckets)


@pytest.mark.parametrize(
    ("spellings", "best"),
    [
        pytest.param(["CityRide", "cityride", "CityRide"], {"cityride": "CityRide"}, id="the commonest"),
        pytest.param(["b B", "Bb", "bB"], {"bb": "Bb"}, id="of equally common ones the first in code order"),
        pytest.param(["甲", "乙"], {"甲": "甲", "乙": "乙"}, id="two topics"),
        pytest.param([], {}, id="none"),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_topic_shows_in_its_commonest_spelling(
    build: Build, spellings: list[str], best: dict[str, str], is_reversed: bool
) -> None:
    written = reversed(spellings) if is_reversed else spellings
    shelf = build(none={"body": "茶"}, **{f"{at}": {"body": linked(spelling)} for at, spelling in enumerate(written)})
    assert {hashtag_key(bucket.value): bucket.value for bucket in shelf.search("").facets["hashtag"]} == best


def test_months_are_buckets_the_newest_first(examples: Searcher) -> None:
    months = [bucket.value for bucket in examples.search("").facets["date"]]
    assert months == [*(f"2025-0{month}" for month in range(6, 0, -1)), "2024-12", "2024-11"]


@pytest.mark.parametrize(
    ("unit", "first"), [(DateUnit.YEAR, [("2025", 25), ("2024", 6)]), (DateUnit.DAY, [("2025-06-15", 1)])]
)
def test_dates_are_counted_by_the_unit_asked_for(
    examples: Searcher, unit: DateUnit, first: list[tuple[str, int]]
) -> None:
    buckets = examples.search(SearchRequest(date_by=unit)).facets["date"]
    assert [(bucket.value, bucket.count) for bucket in buckets][: len(first)] == first
    assert sum(bucket.count for bucket in buckets) == 31


def test_only_a_bucket_of_its_own_unit_is_selected(examples: Searcher) -> None:
    request = SearchRequest(since="2025-04", until="2025-04")
    for unit, chosen in ((DateUnit.YEAR, []), (DateUnit.MONTH, ["2025-04"]), (DateUnit.DAY, [])):
        buckets = examples.search(replace(request, date_by=unit)).facets["date"]
        assert [bucket.value for bucket in buckets if bucket.selected] == chosen


@pytest.mark.parametrize(
    ("text", "found"), [("city", ["CityRide"]), ("＃CITY R", ["CityRide"]), ("营", ["露营"]), ("没有的", [])]
)
def test_hashtags_are_looked_up_by_part_of_their_name(examples: Searcher, text: str, found: list[str]) -> None:
    buckets = examples.search(SearchRequest(hashtag_like=text)).facets["hashtag"]
    assert [bucket.value for bucket in buckets if "露营" in bucket.value or "City" in bucket.value] == found


def test_a_selected_hashtag_stays_beside_those_looked_up(examples: Searcher) -> None:
    buckets = examples.search(SearchRequest(hashtag=("露营",), hashtag_like="一周")).facets["hashtag"]
    assert {bucket.value for bucket in buckets if bucket.selected} == {"露营"}
    assert "一周一书" in {bucket.value for bucket in buckets}


def test_the_claimed_source_is_a_facet(examples: Searcher) -> None:
    claimed = examples.search(SearchRequest(source=("weibo",))).facets["claimed_source"]
    assert [(bucket.value, bucket.count) for bucket in claimed] == [("ArXiv", 25)]
    narrowed = examples.search(SearchRequest(claimed_source=("博客",)))
    assert [hit.post.latest.claims["来源"] for hit in narrowed.hits] == ["博客"]


def test_values_of_one_filter_are_alternatives(examples: Searcher) -> None:
    both = examples.search(SearchRequest(source=("weibo", "arxiv"))).total
    assert both == examples.search("source:weibo").total + examples.search("source:arxiv").total
    narrowed = examples.search(SearchRequest(account=("9900000002",), hashtag=("露营",), page_size=100))
    assert set(ids(narrowed)) == {RAIN, CAMPSITE}


# --- snippets ----------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "query",
    [
        *("大模型", '"量化"', "露营 帐篷", "望远镜", "GPT-4o", "GPT 4o", "GPT", "agents", "C++", "的", "🍳", "$"),
        *("samovar", "千层饼", "模*", "Larg*", "kettel~", "自転車", "김치는", "Поезд", "大語言模型", "summary:骑行"),
        *("language models", "灯塔"),
    ],
)
def test_a_snippet_is_a_highlighted_part_of_the_post(examples: Searcher, query: str) -> None:
    hits = examples.search(query, page_size=100).hits
    assert hits
    for hit in hits:
        assert hit.matched_in, f"{hit.post.id} doesn't say where it matched"
        shown = squeezed("".join(fragment.text for fragment in hit.snippet)).strip("…")
        assert any(shown in squeezed(text) for save in hit.post.saves for text in save.texts)
        marked = [fragment.text for fragment in hit.snippet if fragment.matched]
        assert all(marked)
        # What matched in the title alone is marked there, if at all; any other match is in the snippet.
        assert marked or hit.matched_in == ("title",), f"{hit.post.id} marks nothing"


def test_a_quoted_text_is_highlighted_whole(examples: Searcher) -> None:
    for hit in examples.search('"大模型"', page_size=100).hits:
        marked = {fold(fragment.text) for fragment in hit.snippet if fragment.matched}
        assert marked <= {"大模型"}


def test_a_query_without_text_shows_the_opening(examples: Searcher) -> None:
    (hit,) = examples.search("account:9900000007").hits
    assert hit.matched_in == ()
    (fragment,) = hit.snippet
    assert fragment.text.startswith("端午連假騎車上山露營")
    assert not fragment.matched


# --- updates -----------------------------------------------------------------------------------------------


def test_an_open_searcher_sees_the_next_update(build: Build) -> None:
    shelf = build(old={"body": "旧的风筝"})
    assert shelf.ranked("风筝") == ["old"]
    shelf.write("new", {"body": f"新的风筝 {linked('春天')}"})
    assert shelf.ranked("风筝") == ["old"], "nothing is seen before the index is updated"
    shelf.update()
    assert shelf.found("风筝") == {"old", "new"}
    assert shelf.found("#春天#") == {"new"}
    assert shelf.searcher.stats().posts == 2
    (shelf.folder / "archive" / "old-0.md").unlink()
    shelf.update()
    assert shelf.found("风筝") == {"new"}


def test_an_edited_post_is_found_by_its_new_text(build: Build) -> None:
    shelf = build(post={"body": "写错的字"})
    file = shelf.folder / "archive" / "post-0.md"
    file.write_text(re.sub("写错的字", "改好了的字", file.read_text(encoding="utf-8")), encoding="utf-8")
    shelf.update()
    assert shelf.found('"写错"') == set()
    assert shelf.found('"改好了"') == {"post"}


def test_labels_and_posts_answer_by_id(examples: Searcher) -> None:
    post = examples.post(PHONE)
    assert post is not None
    assert len(post.saves) == 3
    assert examples.post("weibo:1/none") is None
    assert examples.labels(("cityride", "City Ride", "露營")) == ("CityRide", "露营")


# --- saves, and what is pasted -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(build: Build) -> Shelf:
    """Give posts saved on other days and other numbers of times."""

    def on(*days: str) -> list[dict[str, str]]:
        return [{"saved": f"{day}T23:30:00Z"} for day in days]

    return build(
        once=on("2025-05-08"),
        twice=on("2025-05-06", "2025-05-08"),
        often=on(*(f"2025-05-0{day}" for day in range(1, 6))),
        other=[{"saved": "2025-05-08T12:00:00Z", "body": "引用了 arXiv:2501.99001 和 https://a.example/b 的文章"}],
        paper=[{"saved": "2024-01-01T00:00:00Z", "url": "https://arxiv.org/abs/2501.99001v2"}],
        page=[{"saved": "2024-01-01T00:00:00Z", "url": "https://a.example/b/"}],
    )


KEPT = [
    # Half past eleven at night in UTC is the next day in Shanghai.
    ("saved:2025-05-09", "once twice"),
    ("saved:2025-05-08", "other"),
    ("saved:2025-05-02..2025-05-03", "often"),
    ("saved:2025", "once twice often other"),
    ("saved:..2024", "paper page"),
    ("saved:2025-05-07..", "once twice other"),
    ("saved:7d", ""),
    ("saves:1", "once other paper page"),
    ("saves:>1", "twice often"),
    ("saves:2..4", "twice"),
    ("saves:<=2 saved:2025", "once twice other"),
    ("saves:>5", ""),
    ("https://arxiv.org/pdf/2501.99001", "paper"),
    ("2501.99001", "paper other"),
    ("arxiv:2501.99001", "paper"),
    ("id:arxiv:2501.99001", "paper"),
    ("http://www.a.example/b", "page"),
    ("https://a.example/b", "page other"),
    ("-id:arxiv:2501.99001 saved:2024", "page"),
    ("https://weibo.com/1/Pnone", ""),
]


@pytest.mark.parametrize(("query", "names"), KEPT, ids=[query for query, _ in KEPT])
def test_saves_and_pasted_identifiers_find_posts(kept: Shelf, query: str, names: str) -> None:
    assert kept.found(query) == set(names.split())


def test_a_long_query_finds_what_deleted_posts_held_too(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, {str(number): {"body": f"共同的话，第{number}篇"} for number in range(12)})
    for number in range(4):
        (tmp_path / "archive" / f"{number}-0.md").unlink()
    shelf.update()
    with shelf.searcher:
        assert len(shelf.found("".join(map(chr, range(0x4E00, 0x4F00))) + "共同的话")) == 8
