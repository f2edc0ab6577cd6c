"""Files → saves in any of their shapes and encodings, or MalformedPost naming the line."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.archive.decoding import MAX_BYTES, MalformedPost, NotAPost
from index.archive.formats import read_save
from index.archive.post import Save, Section
from tests.conftest import post_text

WEIBO = "https://weibo.com/9900000001/PqANdwQt2"
PAPER = "http://arxiv.org/abs/9901.00001v1"
BLOG = "https://blog.example.org/a"


def read(text: str | bytes, path: str = "2025-05-08/a.md") -> Save:
    return read_save(text if isinstance(text, bytes) else text.encode(), "archive", path)


def test_a_file_as_the_archiver_writes_it() -> None:
    save = read(
        post_text(title="#露营# 去", url=WEIBO, body="去<br>露营", summary="一句话", saved="2025-05-08T23:03:23Z")
    )
    assert (save.archive, save.path, save.url, save.title) == ("archive", "2025-05-08/a.md", WEIBO, "#露营# 去")
    assert (save.content.text, save.summary, save.sections) == ("去\n露营", "一句话", ())
    assert save.saved == datetime(2025, 5, 8, 23, 3, 23, tzinfo=UTC)
    assert save.claims == {
        "来源": "ArXiv",
        "类型": "论文",
        "保存时间": "2025-05-08T23:03:23Z",
        "目录日期": "2025-05-08",
    }
    assert save.type == "论文"


TEXT = post_text(title="题目：量化", body="第一行<br>正文", summary="总结。\n\n第二段")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="CR"),
        pytest.param(TEXT.replace("\n", "\r\n").encode("utf-8-sig"), id="CRLF and byte order mark"),
        pytest.param(TEXT.encode("gb18030"), id="GB18030"),
        pytest.param(TEXT.encode("gbk"), id="GBK"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param(b"\n\n" + TEXT.encode() + b"\n\n\n", id="blank lines around"),
        pytest.param(TEXT.rstrip().encode(), id="no line end at the end"),
    ],
)
def test_encodings_and_line_ends_make_no_difference(raw: bytes) -> None:
    assert read(raw) == read(TEXT)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        pytest.param("# 题目", "题目", id="plain"),
        pytest.param("# #话题#说", "#话题#说", id="begins with a hashtag"),
        pytest.param("# ##火星冲日#说", "##火星冲日#说", id="begins with two marks"),
        pytest.param("# 转发-&ensp;原文 &amp; 别的", "转发- 原文 & 别的", id="literal character references"),
        pytest.param("# 一个很长的题...", "一个很长的题...", id="cut"),
        pytest.param("# 一个很长的\ufffd...", "一个很长的...", id="cut inside a character"),
        pytest.param("# 一个很长的\ufffd", "一个很长的", id="ends in half a character"),
        pytest.param("# \ufffd在前面", "\ufffd在前面", id="a replacement character elsewhere"),
        pytest.param("#   一   二  ", "一 二", id="white space"),
        pytest.param("# <b>a</b>", "<b>a</b>", id="no markup"),
        pytest.param("# ", "", id="empty"),
        pytest.param("没有井号", "", id="no title line"),
    ],
)
def test_titles(line: str, title: str) -> None:
    assert read(TEXT.replace("# 题目：量化", line)).title == title


def test_title_and_body_hashtags_make_one_list() -> None:
    save = read(
        post_text(title="#只在题里# #City Ride#", url=WEIBO, body="#露营# #CityRide#<blockquote>#引用#</blockquote>")
    )
    assert save.content.hashtags == ("露营", "CityRide", "引用", "只在题里")


@pytest.mark.parametrize(
    ("url", "body", "text"),
    [
        pytest.param(PAPER, "an <actor> with\n$x <\ny$ &amp;", "an <actor> with\n$x <\ny$ &amp;", id="arXiv"),
        pytest.param(WEIBO, "一<br>二&amp;", "一\n二&", id="Weibo"),
        pytest.param(BLOG, "<p>一</p><p>二</p>", "一\n\n二", id="HTML of an unknown host"),
        pytest.param(BLOG, "plain <actor> & text", "plain <actor> & text", id="plain text of an unknown host"),
        pytest.param(PAPER, "##\nbegins with marks", "##\nbegins with marks", id="begins with ##"),
        pytest.param(PAPER, "## 标题\n紧接着正文", "## 标题\n紧接着正文", id="begins with a line that starts with ##"),
        pytest.param(WEIBO, "##火星冲日#明天", "##火星冲日#明天", id="begins with ## and a hashtag"),
        pytest.param(BLOG, "日本語で書く。Поезд", "日本語で書く。Поезд", id="other languages"),
        pytest.param(WEIBO, "基础版$39/月，团队版$99/月", "基础版$39/月，团队版$99/月", id="money"),
        pytest.param(WEIBO, "", "", id="empty"),
    ],
)
def test_bodies(url: str, body: str, text: str) -> None:
    save = read(post_text(url=url, body=body))
    assert (save.content.text, save.summary, save.sections) == (text, "摘要", ())


@pytest.mark.parametrize(
    ("body", "summary", "claims"),
    [
        pytest.param("原文", "AI摘要", "元数据", id="close"),
        pytest.param("正文", "摘要", "Metadata", id="Chinese"),
        pytest.param("Original Abstract", "AI Summary", "metadata", id="English"),
        pytest.param("abstract", "SUMMARY", "METADATA", id="any case"),
        pytest.param("  原始摘要  ", "AI   摘要", "元数据", id="white space"),
    ],
)
def test_other_headings(body: str, summary: str, claims: str) -> None:
    text = TEXT.replace("## 原始摘要", f"## {body}").replace("## AI 摘要", f"## {summary}")
    assert read(text.replace("## 元数据", f"## {claims}")) == read(TEXT)


def test_the_archivers_own_headings_come_before_others() -> None:
    save = read(TEXT.replace("## AI 摘要", "## 摘要\n\n别的\n\n## AI 摘要"))
    assert save.summary == "总结。\n\n第二段"
    assert save.sections == (Section("摘要", "别的"),)


def test_missing_sections_are_empty() -> None:
    save = read(f"# 只有题\n\n**URL**: {BLOG}\n")
    assert (save.title, save.content.text, save.summary, save.claims, save.saved) == (
        "只有题",
        "",
        "",
        {},
        datetime(2025, 5, 7, 16, tzinfo=UTC),
    )


def test_without_a_body_section_the_leading_text_is_the_body() -> None:
    save = read(f"# 题\n\n**URL**: {BLOG}\n\n随便写的\n两行\n\n## AI 摘要\n\n总结\n")
    assert (save.content.text, save.summary, save.sections) == ("随便写的\n两行", "总结", ())


def test_nothing_in_a_file_is_lost() -> None:
    text = TEXT.replace("## 原始摘要", "序言\n\n## 原始摘要") + "\n\n## 我的笔记\n\n- 一\n- 二\n\n### 小节\n\n三\n"
    save = read(text.replace("## 元数据", "## 空的\n\n## 元数据"))
    assert save.sections == (
        Section("", "序言"),
        Section("空的", ""),
        Section("我的笔记", "- 一\n- 二\n\n### 小节\n\n三"),
    )
    assert {"序言", "我的笔记", "空的"} <= set(save.texts)


def test_a_second_section_of_the_same_name_is_kept() -> None:
    assert read(TEXT + "\n## AI 摘要\n\n又一份\n").sections == (Section("AI 摘要", "又一份"),)


def test_extra_metadata_keys_are_kept_as_claims() -> None:
    save = read(TEXT + "\n- **评分**: 5：很好\n* **Mood** : calm\n不是键\n")
    assert (save.claims["评分"], save.claims["Mood"]) == ("5：很好", "calm")


@pytest.mark.parametrize(
    "line", ["**URL**: {}", "**url**:{}", "**链接**：{}", "**Link** : {}", "**URL**: <{}>", "**URL**: {}   "]
)
def test_url_lines(line: str) -> None:
    assert read(TEXT.replace(f"**URL**: {WEIBO}", line.format(BLOG))).url == BLOG


@pytest.mark.parametrize(
    ("saved", "utc"),
    [
        pytest.param("2025-06-12T06:02:49Z", (2025, 6, 12, 6, 2, 49), id="Z"),
        pytest.param("2025-06-12T06:02:49+08:00", (2025, 6, 11, 22, 2, 49), id="+08:00"),
        pytest.param("2025-06-12T06:02:49", (2025, 6, 11, 22, 2, 49), id="no zone is the archive's"),
        pytest.param("2025-06-12 06:02", (2025, 6, 11, 22, 2, 0), id="with a blank"),
        pytest.param("昨天", (2025, 6, 11, 16, 0, 0), id="no time, so the metadata's day"),
        pytest.param("0001-01-01T00:00:00", (2025, 6, 11, 16, 0, 0), id="before all time"),
    ],
)
def test_save_times(saved: str, utc: tuple[int, ...]) -> None:
    text = post_text(saved="2025-06-12T00:00:00Z").replace(
        "**保存时间**: 2025-06-12T00:00:00Z", f"**保存时间**: {saved}"
    )
    assert read(text).saved == datetime(*utc, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "saved"),
    [
        ("posts/2025-06-12/a.md", datetime(2025, 6, 11, 16, tzinfo=UTC)),
        ("2024-01-01/2025-06-12/a.md", datetime(2025, 6, 11, 16, tzinfo=UTC)),
        ("2025-13-45/a.md", None),
        ("posts/2025-06-12.md", None),
    ],
)
def test_a_dated_folder_gives_the_missing_save_time(path: str, saved: datetime | None) -> None:
    assert read(f"# 题\n\n**URL**: {BLOG}\n", path).saved == saved


@pytest.mark.parametrize(
    ("raw", "reason", "line"),
    [
        pytest.param(b"", "is empty", 0, id="empty"),
        pytest.param(b" \r\n\t\n", "is empty", 0, id="white space"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "is binary, not text", 3, id="binary"),
        pytest.param(TEXT.encode() + b"\0", "is binary, not text", TEXT.count("\n") + 1, id="one null byte"),
        pytest.param(b"# x\n\xff\n", "is neither UTF-8 nor GB18030 text", 2, id="no text"),
        pytest.param(b"\xff\xfe\x00\xd8", "UTF-16", 1, id="broken UTF-16"),
        pytest.param(b"x" * (MAX_BYTES + 1), "is 16 MB; a post of over 16 MB is not read", 0, id="too large"),
        pytest.param(
            "# 题\n\n没有网址\n\n## AI 摘要\n\n总结\n".encode(),
            "has no **URL** line before its first section",
            4,
            id="no URL",
        ),
        pytest.param(
            f"# 题\n\n## AI 摘要\n\n**URL**: {WEIBO}\n".encode(),
            "has no **URL** line before its first section",
            2,
            id="the URL too late",
        ),
    ],
)
def test_malformed_posts_name_reason_and_line(raw: bytes, reason: str, line: int) -> None:
    with pytest.raises(MalformedPost) as raised:
        read(raw)
    assert raised.value.line == line
    assert reason in raised.value.reason


def test_a_broken_byte_in_utf8_is_named_by_line() -> None:
    lines = post_text(body="甲乙丙\n丁戊己\n庚辛壬").encode().split(b"\n")
    broken = lines.index("丁戊己".encode())
    lines[broken] = lines[broken][:-1]
    with pytest.raises(MalformedPost) as raised:
        read(b"\n".join(lines))
    assert raised.value.line == broken + 1


@pytest.mark.parametrize(
    "text",
    [
        "# 说明\n\n这个文件夹是一份存档。\n",
        "# 论文索引\n\n## 2025-05-08\n\n- [一篇](2025-05-08/a.md)\n",
        "没有标题",
        "see **URL**: in the text",
    ],
)
def test_markdown_that_claims_nothing_is_not_a_post(text: str) -> None:
    with pytest.raises(NotAPost):
        read(text)


def reads_or_says_why(raw: bytes) -> None:
    try:
        assert read(raw).url
    except NotAPost:
        pass
    except MalformedPost as error:
        assert error.reason  # noqa: PT017 - either outcome is right


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(), st.tuples(st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]), st.binary()).map(b"".join)
    )
)
def test_arbitrary_bytes_are_read_or_refused(raw: bytes) -> None:
    reads_or_says_why(raw)


LINES = [
    "# 题", "", "**URL**: " + WEIBO, "**URL**: " + PAPER, "**URL**: http://[",
    "## 原始摘要", "## AI 摘要", "## 元数据", "## 别的",
    "##", "- **保存时间**: 2025-05-08T23:03:23Z", "- **保存时间**: 9999-12-31T23:59:59-12:00", "- **目录日期**: x",
    "<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> x", "文<br>字", "</div>文", "#甲##乙#", "\x00", "&#0;",
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.text())).map("\n".join),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
@example("# &#xd800;\n**URL**: https://weibo.com/1/" + "a" * 10_000, "utf-8")
@example("**URL**: https://m.weibo.cn/1/" + "1" * 10_000, "utf-8")
def test_arbitrary_lines_are_read_or_refused(text: str, encoding: str) -> None:
    reads_or_says_why(text.encode(encoding))
