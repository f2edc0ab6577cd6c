"""The HTML of a post → its text and what else is in it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.archive.html import Content, Link, read_markup, read_plain, read_unknown, unwrap

TAG = '<a href="https://m.weibo.cn/search?q=x" data-hide=""><span class="surl-text">{}</span></a>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("只有文字", "只有文字", id="plain"),
        pytest.param("一<br>二<br/>三<br />四", "一\n二\n三\n四", id="br"),
        pytest.param("<p>一</p><p>二</p>", "一\n\n二", id="paragraphs"),
        pytest.param("一<br><br><br><br>二", "一\n\n二", id="no more than one blank line"),
        pytest.param("a<b>b</b>c", "abc", id="inline elements part no words"),
        pytest.param("一\n二", "一 二", id="a line end in the source is a space"),
        pytest.param("AT&amp;T &lt;3 &#8364;&nbsp;5 &ensp;!", "AT&T <3 € 5 !", id="character references"),
        pytest.param("a &unknown; b & c", "a &unknown; b & c", id="what is no character reference"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="signs that are no tags"),
        pytest.param("<ul><li>甲</li><li>乙</li></ul>", "甲\n\n乙", id="a list"),
        pytest.param("<script>alert(1)</script>前<style>b{}</style>后", "前后", id="scripts and styles"),
        pytest.param("前<!-- 注释 -->后", "前后", id="a comment"),
        pytest.param("前<?php 代码 ?>后", "前后", id="a processing instruction"),
        pytest.param(
            '笑<span class="url-icon"><img alt="[doge]" src="https://x.example/d.png"></span>', "笑[doge]", id="emoji"
        ),
        pytest.param("<video src=v.mp4><p>视频无法显示</p></video>完", "完", id="a video's fallback is no content"),
        pytest.param("<b>没有关上", "没有关上", id="left open"),
        pytest.param("</b></p>关多了", "关多了", id="closed without being opened"),
        pytest.param("前</div>中<p>后</p>", "前中\n后", id="a closing div too many"),
        pytest.param("前<body class=x><p>后</p>", "前\n后", id="a body inside"),
        pytest.param("<html><head><title>题</title></head><body>文</body></html>", "文", id="a whole document"),
        pytest.param("<frameset><frame src=x></frameset>文", "文", id="a frameset"),
        pytest.param('<?xml version="1.0" encoding="gbk"?>文', "文", id="an XML declaration"),
        pytest.param("<!DOCTYPE html>文", "文", id="a doctype"),
        pytest.param("<a href='x", "", id="cut inside a tag"),
        pytest.param("文<", "文<", id="cut before a tag"),
        pytest.param("", "", id="empty"),
        pytest.param("👨‍👩‍👧<br>𠀀", "👨‍👩‍👧\n𠀀", id="outside the basic plane"),
        pytest.param('<meta charset="gbk">文字', "文字", id="another charset claimed"),
    ],
)
def test_text(body: str, text: str) -> None:
    assert read_markup(body).text == text


@pytest.mark.parametrize("closing", ["</div>", "</p>", "</body>", "</html>", "</body></html>", "</blockquote>"])
def test_a_closing_tag_too_many_loses_no_text(closing: str) -> None:
    assert "".join(read_markup(f"前{closing}中<p>后</p>").text.split()) == "前中后"


def test_a_quoted_repost_is_apart_from_the_authors_words() -> None:
    content = read_markup("同意<blockquote> - 转发 @旧书页边<br>#一周一书#很好</blockquote>真的")
    assert content.text.split() == ["同意", "真的"]
    assert content.quoted == "- 转发 @旧书页边\n#一周一书#很好"
    assert content.hashtags == ("一周一书",)


def test_a_quote_in_a_quote_is_quoted() -> None:
    content = read_markup("一<blockquote>二<blockquote>三</blockquote>四</blockquote>五")
    assert (content.text.split(), content.quoted.split()) == (["一", "五"], ["二", "三", "四"])


@pytest.mark.parametrize(
    ("body", "links"),
    [
        pytest.param('<a href="https://example.org/x">文 字</a>', [("https://example.org/x", "文 字")], id="plain"),
        pytest.param(
            '<a href="https://weibo.cn/sinaurl?u=https%3A%2F%2Fexample.org%2F%3Fa%3D1%26b">网页链接</a>',
            [("https://example.org/?a=1&b", "网页链接")],
            id="unwrapped",
        ),
        pytest.param(
            '<a href="https://example.org/?a=1&amp;b=2">x</a>', [("https://example.org/?a=1&b=2", "x")], id="&"
        ),
        pytest.param(
            '<a href="https://m.weibo.cn/p/index?containerid=100808ab"><span class="url-icon"><img src="i.png"></span>'
            '<span class="surl-text">人工智能</span></a>',
            [("https://m.weibo.cn/p/index?containerid=100808ab", "人工智能")],
            id="a super-topic is a link",
        ),
        pytest.param(TAG.format("#露营#"), [], id="a hashtag is no link"),
        pytest.param('<a name="x">文</a><a href="">文</a>', [], id="without an address"),
        pytest.param('<a href="x">一</a><a href="x">一</a>', [("x", "一")], id="twice the same"),
        pytest.param('<video><a href="x">观看</a></video>', [], id="in a video's fallback"),
    ],
)
def test_links(body: str, links: list[tuple[str, str]]) -> None:
    assert read_markup(body).links == tuple(Link(*link) for link in links)


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("https://weibo.cn/sinaurl?u=https%3A%2F%2Fexample.org", "https://example.org"),
        ("http://weibo.cn/sinaurl?toasturl=https%3A%2F%2Fexample.org", "https://example.org"),
        ("https://weibo.cn/sinaurl", "https://weibo.cn/sinaurl"),
        (
            "https://example.org/sinaurl?u=https%3A%2F%2Fexample.com",
            "https://example.org/sinaurl?u=https%3A%2F%2Fexample.com",
        ),
        ("http://[", "http://["),
        ("", ""),
    ],
)
def test_unwraps_redirects(href: str, address: str) -> None:
    assert unwrap(href) == address


def test_images_are_listed_without_emoji_and_icons() -> None:
    content = read_markup(
        '<img style="" src="https://img.example.org/1.jpg" referrerpolicy="no-referrer"><br>'
        '<img src="https://img.example.org/2.jpg" alt="星轨"><img src="https://img.example.org/1.jpg">'
        '<img alt="[doge]" src="https://img.example.org/doge.png"><img alt="没有地址">'
        '<span class="url-icon"><img src="https://img.example.org/icon.png"></span>'
    )
    assert content.images == ("https://img.example.org/1.jpg", "https://img.example.org/2.jpg")
    assert content.text == "星轨[doge]没有地址"


def test_a_video_is_listed_once_by_its_first_source() -> None:
    content = read_markup('<video poster="p.jpg"><source src="720.mp4"><source src="hd.mp4"><p>无法显示</p></video>')
    assert content.videos == ("720.mp4",)
    assert read_markup('<video src="a.mp4"></video><video></video>').videos == ("a.mp4",)


@pytest.mark.parametrize(
    ("body", "hashtags"),
    [
        pytest.param(TAG.format("#露营#"), ("露营",), id="linked"),
        pytest.param("去#露营#吧", ("露营",), id="unlinked"),
        pytest.param(
            TAG.format("#一周AI小报#") + "##开源周#<br>", ("一周AI小报", "开源周"), id="linked, then unlinked"
        ),
        pytest.param(TAG.format("#甲#") + TAG.format("#乙#"), ("甲", "乙"), id="adjacent"),
        pytest.param("the " + TAG.format("#1 and #") + "5 are far", (), id="linked falsely"),
        pytest.param("全角ＧＰＴ用GPT" + TAG.format("#端侧#"), ("端侧",), id="linked behind Latin letters"),
        pytest.param("#说走就走 走" + TAG.format("#\ufeff露营#"), ("露营",), id="one-sided before a linked one"),
        pytest.param(TAG.format("#咖啡&amp;书#"), ("咖啡&书",), id="ampersand"),
        pytest.param(TAG.format("#City Ride#"), ("City Ride",), id="space"),
        pytest.param(TAG.format("三条老路线的路书"), (), id="a link's title"),
        pytest.param("C#和C++，C#好", (), id="C sharp"),
        pytest.param("#露<b>营</b>#", ("露营",), id="over elements"),
        pytest.param("#露<br>营#", (), id="not over lines"),
        pytest.param("<blockquote>" + TAG.format("#露营#") + "</blockquote>", ("露营",), id="only quoted"),
        pytest.param("#一<blockquote>二#</blockquote>", (), id="not over the edge of a quote"),
        pytest.param("<video>#假的#</video>", (), id="not in a video's fallback"),
    ],
)
def test_hashtags(body: str, hashtags: tuple[str, ...]) -> None:
    assert read_markup(body).hashtags == hashtags


@pytest.mark.parametrize(
    ("body", "is_markup"),
    [
        ("a<br>b", True),
        ("<p>文", True),
        ("an <actor> and a <critic>", False),
        ("if a<b and c>d", False),
        ("a <b>bold</b> claim", False),
        ("没有标记", False),
        ("", False),
    ],
)
def test_tells_markup_from_text(body: str, is_markup: bool) -> None:
    assert read_unknown(body) == (read_markup(body) if is_markup else read_plain(body))
    assert (read_unknown(body) != read_plain(body)) is is_markup


def test_plain_text_is_kept_to_the_letter() -> None:
    body = "The <actor> obeys\n$x < y$ &amp; costs $39/月 #甲#"
    assert read_plain(f"\n{body}\n") == Content(text=body, hashtags=("甲",))


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
@pytest.mark.parametrize("tag", ["div", "blockquote", "span", "b"])
def test_deep_nesting_loses_no_text(tag: str, depth: int) -> None:
    content = read_markup(f"<{tag}>" * depth + "深处" + f"</{tag}>" * depth + "之后")
    assert "深处" in content.text + content.quoted
    assert "之后" in content.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<" * 100_000 + "文", id="100,000 open brackets"),
        pytest.param("<a " + "x=y " * 50_000 + ">文</a>", id="50,000 attributes"),
        pytest.param("&" * 100_000 + "文", id="100,000 ampersands"),
        pytest.param("<svg><title>甲</title></svg>文", id="svg"),
        pytest.param('<!DOCTYPE a [<!ENTITY b "乙">]>文&b;', id="an entity of its own"),
        pytest.param("<table><td>一<table><tr>文", id="half tables"),
        pytest.param("<select><option>一<p>文", id="half a form"),
        pytest.param("\x01\x02\x0b文", id="control characters"),
    ],
)
def test_hostile_markup_loses_no_text(body: str) -> None:
    assert "文" in read_markup(body).text


def test_what_stands_behind_a_null_character_is_read() -> None:
    assert read_markup("前\0后<b>文</b>").text.endswith("后文")


PIECES = [
    "<div>", "</div>", "<p>", "</p>", "<a href='x'>", "</a>", "<span class='surl-text'>", "</span>", "<blockquote>",
    "</blockquote>", "<video>", "</video>", "<source src=y>", "<img src=z alt='[a]'>", "<br>", "#", "文", " ", "\n",
    "<!--", "-->", "<?x", "<![CDATA[", "]]>", "<html>", "</html>", "<body>", "</body>", "<head>", "<frameset>",
    "<script>", "</script>", "<svg>", "<title>", "&amp;", "&#0;", "&#xd800;", "<table>", "<td>", "<template>",
    "<style>", "\0",
]  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
@example("\ud800")
def test_no_text_makes_reading_raise(body: str) -> None:
    content = read_markup(body)
    assert not {"\ud800", "\0"} & set(content.text)
    read_unknown(body)
    read_plain(body)


VISIBLE = st.sampled_from(
    ["<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<br>", "<a href=x>", "</a>", "</body>", "<body>"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(VISIBLE, st.text("甲乙丙丁", min_size=1, max_size=2))))
def test_whatever_is_broken_no_text_is_lost(pieces: list[str]) -> None:
    expected = "".join(piece for piece in pieces if not piece.startswith("<"))
    assert "".join(read_markup("".join(pieces)).text.split()) == expected
