"""Hashtags: what one is, and when two spellings are one topic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.hashtags import find_hashtags, hashtag_at, hashtag_key


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        pytest.param("#露营# 周末去", ["露营"], id="one"),
        pytest.param("周末#露营#去", ["露营"], id="right behind Chinese"),
        pytest.param("#大模型##端侧大模型#", ["大模型", "端侧大模型"], id="adjacent"),
        pytest.param("#一周AI小报###开源周#", ["一周AI小报", "开源周"], id="three marks between two"),
        pytest.param("##火星冲日#明天", ["火星冲日"], id="two marks before"),
        pytest.param("#火星冲日##明天", ["火星冲日"], id="two marks behind"),
        pytest.param("#说走就走 结果走进了雨里", [], id="one-sided"),
        pytest.param("#说走就走 结果走进了 #露营#", ["露营"], id="one-sided, then a whole one"),
        pytest.param("#说走就走\n结果#露营#", ["露营"], id="none runs over a line end"),
        pytest.param("第一#", [], id="only a closing mark"),
        pytest.param("#City Ride#", ["City Ride"], id="a space inside"),
        pytest.param("#真的吗？！“会”的·吧#", ["真的吗？！“会”的·吧"], id="punctuation inside"),
        pytest.param("#咖啡&书#", ["咖啡&书"], id="ampersand inside"),
        pytest.param("#\ufeff露营#", ["露营"], id="byte order mark inside"),
        pytest.param("#\ufeff# 之后", [], id="nothing but a byte order mark"),
        pytest.param("# #", [], id="nothing but a space"),
        pytest.param("##", [], id="nothing"),
        pytest.param("####", [], id="nothing twice"),
        pytest.param("the #1 and #5 are", [], id="numbered in English"),
        pytest.param("从C#搬到了C++，C#写起来像有人铺床", [], id="C sharp twice"),
        pytest.param("从C#搬到了C++ #编程# 又从C#", ["编程"], id="between two C sharps"),
        pytest.param("F#和C#，#乐理#", ["乐理"], id="behind F sharp"),
        pytest.param("#" + "长" * 60 + "#", ["长" * 60], id="as long as may be"),
        pytest.param("#" + "长" * 61 + "#", [], id="too long"),
        pytest.param("看#Kettle#和#kettle#", ["Kettle", "kettle"], id="every spelling is kept"),
        pytest.param("见#2025#", ["2025"], id="a number"),
        pytest.param("", [], id="empty text"),
    ],
)
def test_finds_in_plain_text(text: str, topics: list[str]) -> None:
    assert find_hashtags(text) == topics


def found(text: str, *linked: str) -> list[str]:
    return find_hashtags(text, [(text.index(one), text.index(one) + len(one)) for one in linked])


@pytest.mark.parametrize(
    ("text", "linked", "topics"),
    [
        pytest.param("用GPT#端侧大模型#", ["#端侧大模型#"], ["端侧大模型"], id="right behind Latin letters"),
        pytest.param("the #1 and #5 are", ["#1 and #"], [], id="one that the site itself linked falsely"),
        pytest.param("#说走就走#露营#", ["#露营#"], ["露营"], id="none runs into a linked one"),
        pytest.param("#周报###开源周#", ["#周报#"], ["周报", "开源周"], id="an unlinked one behind a linked one"),
        pytest.param("#甲##乙#", ["#甲#", "#乙#"], ["甲", "乙"], id="both linked"),
    ],
)
def test_finds_in_text_with_links(text: str, linked: list[str], topics: list[str]) -> None:
    assert found(text, *linked) == topics


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(["DeepMind", "Deepmind", "ＤｅｅｐＭｉｎｄ"], id="case and width"),
        pytest.param(["CVPR 2025", "CVPR2025", "cvpr　2025"], id="spaces"),
        pytest.param(["露营", "露營", "\ufeff露营", "露\u200b营"], id="traditional and zero-width"),
        pytest.param(["#露营#", "露营"], id="with and without marks"),
    ],
)
def test_spellings_of_one_topic_have_one_key(spellings: list[str]) -> None:
    assert len({hashtag_key(one) for one in spellings}) == 1


def test_other_topics_have_other_keys() -> None:
    assert len({hashtag_key(one) for one in ("露营", "露营地", "C++", "C", "GPT-4o", "GPT4o")}) == 6


def test_hashtag_at_tells_where_it_ends() -> None:
    assert hashtag_at("看#露营#去", 1) == ("露营", 5)
    assert hashtag_at("看#露营去", 1) is None


@settings(deadline=None)
@given(st.text("#ab 露营\n\ufeff&"))
def test_every_topic_stands_between_marks_and_has_a_key(text: str) -> None:
    for topic in find_hashtags(text):
        assert hashtag_key(topic)
        assert "#" not in topic
        assert "\n" not in topic
        assert topic in text.replace("\ufeff", "")


@settings(deadline=None)
@given(st.text())
def test_a_key_is_its_own_key(spelling: str) -> None:
    assert hashtag_key(hashtag_key(spelling)) == hashtag_key(spelling)
