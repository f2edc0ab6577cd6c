"""Each rule of ranking by itself: posts alike but for what the rule speaks of, and who comes first for that reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.searcher.shelf import NOON, Parts, Shelf, linked, weibo_url

WORDS = "紫砂壶 = zisha teapot"
LATER = NOON + timedelta(days=30)


@dataclass(frozen=True)
class Rule:
    """Names posts, the best first, each with what it says and the reason for its rank."""

    query: str
    ranks: tuple[tuple[str, Parts | list[Parts], str], ...]


# Filling, so that posts of one rule are as long as each other.
REST = "其余的话都一样长短"
RULES = {
    "rare words": Rule(
        "琵琶 音乐",
        (
            ("pipa", {"body": f"琵琶{REST}"}, "holds the rare word"),
            ("music1", {"body": f"音乐{REST}"}, "holds the word that many posts hold, and is the latest to do so"),
        ),
    ),
    "often": Rule(
        "二胡",
        (
            ("erhu3", {"body": f"二胡、二胡、二胡{REST}"}, "says it three times"),
            ("erhu1", {"body": f"二胡{REST}、其他、其他"}, "says it once, in as many words"),
        ),
    ),
    "short": Rule(
        "唢呐",
        (
            ("suona-short", {"body": f"唢呐{REST}", "url": weibo_url(9900000990)}, "says it in few words"),
            ("suona-long", {"body": f"唢呐{REST * 12}"}, "says it in many"),
        ),
    ),
    "where": Rule(
        "竹笛",
        (
            ("dizi-title", {"title": "竹笛", "body": f"标题{REST}"}, "in the title, which is chosen"),
            (
                "dizi-summary",
                {"summary": "竹笛", "body": f"小结{REST}"},
                "in the summary, which says what it is about",
            ),
            ("dizi-body", {"body": f"竹笛{REST}"}, "in the text"),
            ("dizi-quoted", {"body": f"转发{REST}<blockquote>竹笛</blockquote>"}, "only in what it quotes"),
            (
                "dizi-earlier",
                [
                    {"body": f"竹笛{REST}", "saved": "2025-05-01T00:00:00Z"},
                    {"body": f"改过{REST}", "saved": "2025-05-02T00:00:00Z"},
                ],
                "only in an earlier save: the post no longer says so",
            ),
        ),
    ),
    "earlier saves count once": Rule(
        "古筝",
        (
            ("zheng-now", {"body": f"古筝{REST * 8}"}, "says so now, once in a long text"),
            (
                "zheng-earlier",
                [
                    *({"body": f"古筝第{day}版", "saved": f"2025-05-0{day}T00:00:00Z"} for day in range(1, 9)),
                    {"body": f"全改了{REST}", "saved": "2025-05-09T00:00:00Z"},
                ],
                "said so in eight earlier saves, and says so no more",
            ),
        ),
    ),
    "a title that repeats the text": Rule(
        "扬琴",
        (
            (
                "yangqin-title",
                {"title": "扬琴", "body": f"这里说的是另一种乐器{REST}"},
                "has a title of its own, and one word there counts as two",
            ),
            (
                "yangqin-opening",
                {"title": "这里说的扬琴是一种", "body": f"这里说的扬琴是一种乐器{REST}"},
                "has a title that only repeats how its text begins, and so says it once",
            ),
        ),
    ),
    "the whole text": Rule(
        "深山古寺的钟声",
        (
            ("bell-whole", {"body": f"深山古寺的钟声{REST * 3}"}, "holds the query as it was typed"),
            (
                "bell-parts",
                {"body": "古寺的深山，钟声的古寺，深山钟声"},
                "has all of its words, more often and in a shorter text",
            ),
        ),
    ),
    "nearness": Rule(
        "黄昏海边散步小记",
        (
            ("walk-near", {"body": f"黄昏海边散步，{REST}"}, "holds most of the query in one stretch"),
            ("walk-apart", {"body": f"散步，海边，黄昏，{REST}"}, "has the same words, apart"),
        ),
    ),
    "the form as typed": Rule(
        "RTX-5090",
        (
            ("card-exact", {"body": f"RTX-5090{REST}"}, "writes it so"),
            ("card-joined", {"body": f"RTX5090{REST}"}, "writes it as one"),
        ),
    ),
    "the form as typed, joined": Rule(
        "rtx5090",
        (
            ("card-joined", {"body": f"RTX5090{REST}"}, "writes it so, but for case"),
            ("card-exact", {"body": f"RTX-5090{REST}"}, "writes it with a hyphen"),
        ),
    ),
    "the word before its forms": Rule(
        "painting",
        (
            ("paint-exact", {"body": "painting on the wall"}, "has the very word"),
            ("paint-form", {"body": "painted on the wall"}, "has another form of it"),
        ),
    ),
    "words before parts of words": Rule(
        "马球",
        (
            ("polo", {"body": f"打马球{REST}"}, "has it as a word"),
            ("toy", {"body": f"木马球场{REST}"}, "holds the characters by chance, across 木马|球场"),
        ),
    ),
    "a hashtag": Rule(
        "#剪纸#",
        (
            (
                "cut-late",
                {"body": f"{linked('剪纸')}{REST}", "url": weibo_url(9900000900, LATER)},
                "the latest",
            ),
            (
                "cut-early",
                {"body": f"{linked('剪纸')}{REST}", "url": weibo_url(9900000901)},
                "a month before",
            ),
        ),
    ),
    "the recent, of equals": Rule(
        "皮影",
        (
            (
                "shadow-late",
                {"body": f"皮影{REST}", "url": weibo_url(9900000902, LATER)},
                "as good, and younger",
            ),
            ("shadow-early", {"body": f"皮影{REST}", "url": weibo_url(9900000903)}, "as good, and older"),
        ),
    ),
    "a better one before a recent one": Rule(
        "木偶戏",
        (
            (
                "puppet-good",
                {"title": "木偶戏", "body": f"木偶戏{REST}", "url": weibo_url(9900000904)},
                "says it more",
            ),
            ("puppet-late", {"body": f"木偶戏{REST}", "url": weibo_url(9900000905, LATER)}, "says it once, later"),
        ),
    ),
    "a synonym": Rule(
        "紫砂壶",
        (
            ("pot-typed", {"body": f"紫砂壶{REST}"}, "has the word as typed"),
            ("pot-other", {"body": f"zisha teapot {REST}"}, "has the user's other word for it, which counts less"),
        ),
    ),
    "a synonym, the other way": Rule(
        "zisha teapot",
        (
            ("pot-other", {"body": f"zisha teapot {REST}"}, "has the words as typed"),
            ("pot-typed", {"body": f"紫砂壶{REST}"}, "has the user's other word for them"),
        ),
    ),
}
COMMON = {f"music{number}": {"body": f"音乐{REST}"} for number in range(2, 8)}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Give all posts of all rules in one archive."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "words.txt").write_text(WORDS, encoding="utf-8")
    posts = {name: parts for rule in RULES.values() for name, parts, _ in rule.ranks}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEARCHER_WORDS", str(folder / "words.txt"))
        made = Shelf(folder, posts | COMMON)
    with made.searcher:
        yield made


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_rule_decides(shelf: Shelf, rule: Rule) -> None:
    names = [name for name, _, _ in rule.ranks]
    ranked = shelf.ranked(rule.query)
    assert [name for name in ranked if name in names] == names, [(name, why) for name, _, why in rule.ranks]
    assert ranked[0] == names[0]
