"""URL → which post it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.archive.identity import Identity, host_of, identify, weibo_bid, weibo_time

BID_TIME = datetime(2025, 6, 12, 2, 40, 53, tzinfo=UTC)


def test_a_weibo_id_tells_when_it_was_published() -> None:
    assert weibo_time("PwalGjyVS") == BID_TIME
    assert identify("https://weibo.com/6105753431/PwalGjyVS") == Identity(
        "weibo:6105753431/PwalGjyVS", "weibo", "6105753431", BID_TIME
    )


def mid_of(seconds: int, counter: int = 0) -> int:
    return (seconds - 515483463 << 22) + counter


@pytest.mark.parametrize(
    ("url", "post_id", "source"),
    [
        pytest.param("https://weibo.com/9900000001/PqANdwQt2", "weibo:9900000001/PqANdwQt2", "weibo", id="Weibo"),
        pytest.param("http://www.weibo.com/9900000001/PqANdwQt2/", "weibo:9900000001/PqANdwQt2", "weibo", id="www"),
        pytest.param(
            "HTTPS://WEIBO.COM/9900000001/PqANdwQt2", "weibo:9900000001/PqANdwQt2", "weibo", id="capital host"
        ),
        pytest.param(
            "https://weibo.com/1/PqANdwQt2?from=x#comment", "weibo:1/PqANdwQt2", "weibo", id="query, fragment"
        ),
        pytest.param("https://m.weibo.cn/1/PqANdwQt2", "weibo:1/PqANdwQt2", "weibo", id="mobile Weibo"),
        pytest.param("  https://weibo.com/1/PqANdwQt2  ", "weibo:1/PqANdwQt2", "weibo", id="blanks around"),
        pytest.param("http://arxiv.org/abs/9901.00001v1", "arxiv:9901.00001", "arxiv", id="arXiv v1"),
        pytest.param("http://arxiv.org/abs/9901.00001v12", "arxiv:9901.00001", "arxiv", id="arXiv v12"),
        pytest.param("https://arxiv.org/abs/9901.00001", "arxiv:9901.00001", "arxiv", id="arXiv without version"),
        pytest.param("https://arxiv.org/pdf/9901.00001v2.pdf", "arxiv:9901.00001", "arxiv", id="arXiv PDF"),
        pytest.param("https://export.arxiv.org/abs/9901.00001", "arxiv:9901.00001", "arxiv", id="arXiv export"),
        pytest.param("https://arxiv.org/html/9901.00001v1/", "arxiv:9901.00001", "arxiv", id="arXiv HTML"),
        pytest.param("http://arxiv.org/abs/hep-th/9901001v3", "arxiv:hep-th/9901001", "arxiv", id="arXiv, old ids"),
        pytest.param("http://arxiv.org/abs/math.GT/0309136", "arxiv:math.gt/0309136", "arxiv", id="arXiv, old subject"),
        pytest.param("http://arxiv.org/abs/0704.0001", "arxiv:0704.0001", "arxiv", id="arXiv, four digits"),
    ],
)
def test_known_sites(url: str, post_id: str, source: str) -> None:
    assert (identify(url).id, identify(url).source) == (post_id, source)


@pytest.mark.parametrize(
    ("url", "source"),
    [
        pytest.param("https://blog.example.org/a/b?c=d", "blog.example.org", id="unknown host"),
        pytest.param("https://www.example.org/a", "example.org", id="www is no part of a site"),
        pytest.param("https://weibo.com/ttarticle/p/show?id=2309404", "weibo", id="Weibo, no post"),
        pytest.param("https://card.weibo.com/article/x", "weibo", id="below Weibo"),
        pytest.param("https://arxiv.org/list/cs.AI/recent", "arxiv", id="arXiv, no paper"),
        pytest.param("https://notweibo.com/1/PqANdwQt2", "notweibo.com", id="a host that ends like Weibo"),
        pytest.param("https://example.org/weibo.com/1/PqANdwQt2", "example.org", id="Weibo in a path"),
        pytest.param("没有网址", "unknown", id="no URL"),
        pytest.param("", "unknown", id="nothing"),
        pytest.param("http://[::1", "unknown", id="a bracket left open"),
        pytest.param("mailto:someone@example.org", "unknown", id="no host"),
    ],
)
def test_any_other_url_is_a_post_of_its_own(url: str, source: str) -> None:
    identity = identify(url)
    assert identity.id.startswith("url:")
    assert (identity.source, identity.account, identity.published) == (source, "", None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/a", "http://www.example.org/a/", True),
        ("https://example.org/a", "https://example.org/a#part", True),
        ("https://example.org/文", "https://example.org/%E6%96%87", True),
        ("https://example.org/a", "https://example.org/b", False),
        ("https://example.org/a", "https://example.org/A", False),
        ("https://example.org/a?id=1", "https://example.org/a?id=2", False),
        ("https://example.org/a", "https://example.com/a", False),
        ("https://example.org/a", "https://example.org:8443/a", False),
    ],
)
def test_which_urls_are_one_post(one: str, other: str, same: bool) -> None:
    assert (identify(one).id == identify(other).id) is same


def test_a_numeric_weibo_id_names_the_same_post_as_letters() -> None:
    mid = mid_of(1_749_696_053, 12_345)
    assert identify(f"https://m.weibo.cn/1/{mid}") == identify(f"https://weibo.com/1/{weibo_bid(mid)}")


@settings(deadline=None)
@given(st.integers(mid_of(1_249_200_000), mid_of(4_000_000_000)))
def test_a_weibo_id_in_letters_keeps_its_time(mid: int) -> None:
    assert weibo_time(weibo_bid(mid)) == datetime.fromtimestamp((mid >> 22) + 515483463, UTC)


@pytest.mark.parametrize(
    "bid",
    [
        "",
        "1",
        "Pwal-jyVS",
        "量化",
        "ZZZZZZZZZZZZ",
        "00000000",
        "a" * 40,
        pytest.param("a" * 10_000, id="10,000 letters"),
    ],
)
def test_an_id_without_a_plausible_time_has_none(bid: str) -> None:
    assert weibo_time(bid) is None


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters()))
@example("\ud800")
@example("https://example.org/\udcff")
@example("https://weibo.com/1/" + "a" * 10_000)
@example("https://weibo.com/1/" + "1" * 10_000)
@example("https://weibo.com/" + "1" * 10_000 + "/PqANdwQt2")
@example("https://weibo.com/１/PqANdwQt2")
@example("http://\u2100.example.org/")
@example("http://example.org:notaport/")
@example("//\x00/")
def test_any_text_has_an_identity_and_always_the_same(text: str) -> None:
    assert identify(text) == identify(text)
    assert ":" in identify(text).id
    assert host_of(text) == host_of(text)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["https://weibo.com", "http://arxiv.org/abs", "https://[", "https://例子.example"]),
    st.lists(st.text(st.characters(codec="utf-8"))),
)
def test_any_path_has_an_identity(site: str, parts: list[str]) -> None:
    assert identify("/".join([site, *parts])).source
