"""The query language: the printed tree of each query, and the errors with their place."""

from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.archive.post import ARCHIVE_ZONE
from searcher.errors import QuerySyntaxError
from searcher.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_EXPANSIONS, MAX_LENGTH, parse
from searcher.query.tree import And, Not, Or, Phrase, Scope, Terms

NOW = datetime(2025, 6, 15, 12, tzinfo=ARCHIVE_ZONE)

TREES = [
    ("", "*"),
    (" \t\u3000", "*"),
    ("*", "*"),
    # words
    ("大模型 手机", "大模型 手机"),
    ("大模型 \t\u3000\n手机", "大模型 手机"),
    ("and or not", "and or not"),
    ("ANDROID NOTE", "ANDROID NOTE"),
    ("C++ C# a-b", "C++ C# a-b"),
    ("$39/月", "$39/月"),
    ("-", r"\-"),
    ("- doge", r"\- doge"),
    ("#", r"\#"),
    ("12:30", r"12\:30"),
    ("https://example.org/a?b=c", 'id:"url:32eb55313a3c0693" OR "https://example.org/a?b=c"'),
    (r"\-doge", r"\-doge"),
    # pasted
    ("https://weibo.com/1870858943/PjqOTBJ4E", 'id:"weibo:1870858943/PjqOTBJ4E"'),
    ("https://m.weibo.cn/1870858943/PjqOTBJ4E?from=x", 'id:"weibo:1870858943/PjqOTBJ4E"'),
    ("-https://arxiv.org/abs/2501.99001v2", 'NOT id:"arxiv:2501.99001"'),
    ("weibo:1870858943/PjqOTBJ4E", 'id:"weibo:1870858943/PjqOTBJ4E"'),
    ("url:c34a34405ff94247", 'id:"url:c34a34405ff94247"'),
    ("arXiv:2501.99001v1", 'id:"arxiv:2501.99001"'),
    ("arxiv:hep-th/9901001", 'id:"arxiv:hep-th/9901001"'),
    ("2501.99001", 'id:"arxiv:2501.99001" OR "2501.99001"'),
    ("水壶 2501.99001v3", '水壶 AND (id:"arxiv:2501.99001" OR "2501.99001")'),
    ("in:summary 2501.99001", 'id:"arxiv:2501.99001" OR summary:"2501.99001"'),
    ("2501.990011", "2501.990011"),
    ("3.5", "3.5"),
    ("https://", r"https\://"),
    ("id:weibo:1/Pa", 'id:"weibo:1/Pa"'),
    (r"露\*", r"露\*"),
    # exact text
    ('"大 模型"', '"大 模型"'),
    ("“大模型”", '"大模型"'),
    ("＂大模型＂", '"大模型"'),
    ("”大模型“", '"大模型"'),
    (r'"say \"hi\" \\ bye"', r'"say \"hi\" \\ bye"'),
    ('"(AND) -x #y# z*"', '"(AND) -x #y# z*"'),
    # required beside ranked: the words stand together, in front
    ('大模型 "手机" 周报', '大模型 周报 AND "手机"'),
    ("大模型 -手机 周报", "大模型 周报 AND NOT 手机"),
    # operators
    ("a AND b", "a AND b"),
    ("a OR b", "a OR b"),
    ("a AND b OR c", "a AND b OR c"),
    ("a OR b AND c", "a OR b AND c"),
    ("a b OR c", "a b OR c"),
    ("a b AND c", "a b AND c"),
    ("(a OR b) c", "c AND (a OR b)"),
    ("(a b) (c d)", "a b AND c d"),
    ("((a))", "a"),
    ("-doge", "NOT doge"),
    ("NOT doge", "NOT doge"),
    ("NOT(doge)", "NOT doge"),
    ("-(a OR b)", "NOT (a OR b)"),
    ("NOT a b", "b AND NOT a"),
    ("-*", "NOT *"),
    # hashtags
    ("#露营#", 'hashtag:"露营"'),
    ("#露营", 'hashtag:"露营"'),
    ("##露营#", 'hashtag:"露营"'),
    ("#City Ride# 夜", '夜 AND hashtag:"City Ride"'),
    ("#a##b#", 'hashtag:"a" AND hashtag:"b"'),
    ("#1 and #5", 'and AND hashtag:"1" AND hashtag:"5"'),
    ("hashtag:露营", 'hashtag:"露营"'),
    ("hashtag:#露营#", 'hashtag:"露营"'),
    ('hashtag:"City Ride"', 'hashtag:"City Ride"'),
    ("-#露营#", 'NOT hashtag:"露营"'),
    # properties
    ("source:weibo", 'source:"weibo"'),
    ("Source:WeiBo", 'source:"weibo"'),
    ("site:Example.ORG", 'site:"example.org"'),
    ("account:9900000001", 'account:"9900000001"'),
    ('type:"会议 论文"', 'type:"会议 论文"'),
    # parts of a post
    ("title:露营", "title:露营"),
    ('original:"露 营"', 'original:"露 营"'),
    ("summary:露*", "summary:露*"),
    ("in:title a b", "title:a title:b"),
    ("a in:summary", "summary:a"),
    ('in:summary "a" title:b', 'title:b AND summary:"a"'),
    ("in:title (a OR summary:b) -c", "(title:a OR summary:b) AND NOT title:c"),
    # dates
    ("date:2025-05", "date:2025-05"),
    ("date:2025-05-01..2025-05-09", "date:2025-05-01..2025-05-09"),
    ("since:2025", "since:2025"),
    ("until:7d", "until:7d"),
    ("since:上周", "since:上周"),
    ('date:"last week"', 'date:"last week"'),
    ("saved:2025-05-08", "saved:2025-05-08"),
    ("saved:7d", "saved:7d"),
    # how often a post was saved
    ("saves:3", "saves:3"),
    ("saves:>10", "saves:11.."),
    ("saves:≥10", "saves:10.."),
    ("saves：＞＝10", "saves:10.."),
    ("saves:<3", "saves:0..2"),
    ("saves:<=3", "saves:0..3"),
    ("saves:2..5", "saves:2..5"),
    ("saves:2..", "saves:2.."),
    ("saves:..5", "saves:0..5"),
    # prefixes and slips
    ("露*", "露*"),
    ("lamp~", "lamp~"),
    (r"a\*b a~b", r"a\*b a\~b"),
    ("a*b", "a*b"),
    ("a**b＊*c", "a*b*c"),
    ("*营", "*营"),
    ("露＊地*", "露*地*"),
    ("title:a*b c", "c AND title:a*b"),
    ("AND*x", r"\AND*x"),
    ("**", r"\*\*"),
    ("AND**", r"\AND*"),
    (r"a\**", r"a\**"),
]

ERRORS = [
    ("AND", "AND needs something before it", 0, 3),
    ("OR a", "OR needs something before it", 0, 2),
    ("a OR OR b", "OR needs something before it", 5, 7),
    ("in:title OR a", "OR needs something before it", 9, 11),
    ("a AND", "AND needs something after it", 2, 5),
    ("a OR  ", "OR needs something after it", 2, 4),
    ("(a OR ) b", "OR needs something after it", 3, 5),
    ("NOT", "NOT needs something after it", 0, 3),
    ("a NOT OR b", "NOT needs something after it", 2, 5),
    ("in:title", "in:title needs something after it", 0, 8),
    ("a* " * 20 + "bcd*", "at most 20 of word*, w*rd and word~", 60, 64),
    ("()", "nothing between the brackets", 0, 2),
    ("x ( )", "nothing between the brackets", 2, 5),
    ("a (b c", "the bracket is never closed", 2, 3),
    ("a（b", "the bracket is never closed", 1, 2),
    ("a) b", "the bracket closes nothing", 1, 2),
    ('a "b c', "no closing one", 2, 3),
    ("“b c", "no closing one", 0, 1),
    ('a ""', "nothing between the quotation marks", 2, 4),
    ('" "', "nothing between the quotation marks", 0, 3),
    ('title:""', "nothing between the quotation marks", 6, 8),
    ("sorce:weibo", "unknown field 'sorce'; did you mean source?", 0, 5),
    ("a zzz:b", "unknown field 'zzz'; there are id, source, site,", 2, 5),
    ("a in:body", "in:body names no part of a post; the parts are title, original, summary", 2, 9),
    ("-in:title a", "it can't be excluded", 0, 9),
    ("title:", "title: needs a value right after it", 0, 6),
    ("hashtag:#", "hashtag: needs a topic", 0, 9),
    ("x date:soon", "'soon' is no date; write 2025, ", 2, 11),
    ("since:2025-13", "'2025-13' is no date", 0, 13),
    ("date:2025-02-30", "'2025-02-30' is no date", 0, 15),
    ("saves:many", "'many' is no number of saves; write 3, >10", 0, 10),
    ("saves:..", "'..' is no number of saves", 0, 8),
    ("saves:5..2", "no post has saves:5..2", 0, 10),
    ("saves:<0", "no post has saves:<0", 0, 8),
    ("date:2025-05..2025-01", "'2025-05..2025-01' ends before it begins", 0, 21),
]

# What a query is made of, so that random ones meet every rule.
PIECES = [
    *("AND", "OR", "NOT", "and", "in:title", "in:", "title:", "summary:", "source:", "site:", "type:", "hashtag:"),
    *("date:", "since:", "saved:", "saves:", ">", "2025-05", "2025", "..", "7d", "today", "x:", "露营", "a", "的"),
    *("http://", "https://a.b/c", "arxiv:", "2501.99001", "weibo:1/Pa", "City Ride", "B2"),
    *"\"“”＂()（）#＃-－*＊~～\\：:'.$ \t\n\r\u3000\u2003\u00a0\ufeff¨①🍳",
]
queries = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize(("query", "written"), TREES, ids=[repr(query) for query, _ in TREES])
def test_a_query_parses_to_its_tree(query: str, written: str) -> None:
    assert str(parse(query, NOW)) == written


@pytest.mark.parametrize(("query", "message", "start", "end"), ERRORS, ids=[repr(row[0]) for row in ERRORS])
def test_an_error_names_its_place_in_the_query(query: str, message: str, start: int, end: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query, NOW)
    assert message in str(caught.value)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert caught.value.as_json() == {
        "code": "query_syntax",
        "message": str(caught.value),
        "start": start,
        "end": end,
    }


def failure(query: str) -> QuerySyntaxError | None:
    try:
        parse(query, NOW)
    except QuerySyntaxError as error:
        return error
    return None


@settings(deadline=None, max_examples=500)
@given(queries)
@example("in:title")
@example("in:title )")
@example("(" * MAX_LENGTH)
def test_any_text_parses_or_raises_a_query_syntax_error(query: str) -> None:
    error = failure(query)
    if error:
        assert 0 <= error.start < error.end <= len(query)
        assert str(error).endswith((".", "?"))


@settings(deadline=None, max_examples=1000)
@given(queries)
@example("(OR)")
@example("in:title //a")
@example(r"a*\*")
@example("a OR\r\nb")
@example("AND* NOT~ title:OR")
@example(r"a\\* \(b\)")
def test_a_printed_tree_parses_to_the_same_tree(query: str) -> None:
    try:
        tree = parse(query, NOW)
    except QuerySyntaxError:
        return
    assert parse(str(tree), NOW) == tree


@pytest.mark.parametrize(
    "query",
    [
        "NOT " * MAX_DEPTH + "a",
        "(a OR " * (MAX_DEPTH - 1) + "b" + ")" * (MAX_DEPTH - 1),
        "-(a " * (MAX_DEPTH // 2) + "b" + ")" * (MAX_DEPTH // 2),
        " OR ".join(["a b"] * MAX_CLAUSES),
    ],
    ids=["NOTs", "brackets", "NOTs and brackets", "parts"],
)
def test_a_tree_at_a_limit_still_prints_a_query(query: str) -> None:
    tree = parse(query, NOW)
    assert parse(str(tree), NOW) == tree


TWINS = [
    ('"露营"', "“露营”"),
    ('"露营"', "＂露营＂"),
    ("(a OR b) c", "（a OR b） c"),
    ("source:weibo", "source：weibo"),
    ("title:露*", "title：露＊"),
    ("#露营#", "＃露营＃"),
    ("hashtag:#露营#", "hashtag：＃露营＃"),
    ("-露营", "－露营"),
    ("lamp~", "lamp～"),
    ("since:2025-05 -(a b)", "since：2025-05\u3000－（a b）"),
]


@pytest.mark.parametrize(("narrow", "wide"), TWINS, ids=[wide for _, wide in TWINS])
def test_full_width_operators_mean_the_same(narrow: str, wide: str) -> None:
    assert parse(wide, NOW) == parse(narrow, NOW)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\t", "\u3000", "\u00a0", "\u2003"], ids=repr)
@pytest.mark.parametrize("operator", ["AND", "OR", "NOT"])
def test_any_white_space_separates_operators(operator: str, newline: str) -> None:
    spaced = f"a {operator} b"
    assert parse(spaced.replace(" ", newline), NOW) == parse(spaced, NOW)


SPANS = [("  a b ", (2, 5)), ('"x y"', (0, 5)), (" #话题# ", (1, 5)), ("title:a", (0, 7)), ("-(a OR b)", (0, 9))]


@pytest.mark.parametrize(("query", "span"), SPANS, ids=[query for query, _ in SPANS])
def test_a_node_has_its_span_in_the_query(query: str, span: tuple[int, int]) -> None:
    assert parse(query, NOW).span == span


def test_parse_returns_nested_nodes() -> None:
    assert parse('a b "c" OR -title:d') == Or(
        (And((Terms("a b"), Phrase("c"))), Not(Terms("d", Scope.TITLE))),
    )


PARTS = f"at most {MAX_CLAUSES} parts"
LIMITS = [
    ("characters", "a" * MAX_LENGTH, "a" * (MAX_LENGTH + 1), f"at most {MAX_LENGTH}"),
    ("brackets", f"{'(' * MAX_DEPTH}a{')' * MAX_DEPTH}", f"{'(' * (MAX_DEPTH + 1)}a", f"at most {MAX_DEPTH} deep"),
    ("minuses", "NOT " * MAX_DEPTH + "a", "NOT " * (MAX_DEPTH + 1) + "a", f"at most {MAX_DEPTH} deep"),
    ("beginnings", "a* " * MAX_EXPANSIONS, "a* " * (MAX_EXPANSIONS + 1), f"at most {MAX_EXPANSIONS} of word"),
    ("patterns", "a*b " * MAX_EXPANSIONS, "a*b " * (MAX_EXPANSIONS + 1), f"at most {MAX_EXPANSIONS} of word"),
    ("slips", "title:a~ " * MAX_EXPANSIONS, "title:a~ " * (MAX_EXPANSIONS + 1), f"at most {MAX_EXPANSIONS} of word"),
    ("texts", '"a" ' * MAX_CLAUSES, '"a" ' * (MAX_CLAUSES + 1), PARTS),
    ("words apart", " OR ".join(["a b"] * MAX_CLAUSES), " OR ".join(["a b"] * (MAX_CLAUSES + 1)), PARTS),
    ("words together", "a b " * 500 + '"c" ' * (MAX_CLAUSES - 1), "a b " * 500 + '"c" ' * MAX_CLAUSES, PARTS),
    ("words left out", "-a " * MAX_CLAUSES, "-a " * (MAX_CLAUSES + 1), PARTS),
]


@pytest.mark.parametrize(("most", "more", "message"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_a_limit_allows_its_number_and_no_more(most: str, more: str, message: str) -> None:
    parse(most)
    with pytest.raises(QuerySyntaxError, match=message):
        parse(more)


@pytest.mark.parametrize(
    "brackets", ["(" * 10_000, ")" * 10_000, "()" * 5_000, "（" * 10_000, "(" * 2_000, '"(' * 1_000]
)
def test_thousands_of_brackets_are_a_syntax_error(brackets: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(brackets)
