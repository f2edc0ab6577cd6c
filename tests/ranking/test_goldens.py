"""Who should come first over the example archive, and why; one row a query."""

from dataclasses import dataclass

import pytest

from searcher import Searcher

PINNED, RAIN, CAMPSITE = "weibo:9900000002/OEA7xtTT4", "weibo:9900000002/Po1xDDhAc", "weibo:9900000002/Pp277vxzL"
BIKE, DAWN, MOUNTAIN = "weibo:9900000002/Prd1LyCRY", "weibo:9900000002/PwAShDVnv", "weibo:9900000007/Puzafo51T"
PHONE, LETTERS, MAGAZINE = "weibo:9900000001/PgztznL7L", "weibo:9900000001/PeedFsKB9", "weibo:9900000001/PvAD575vR"
SOIL, FRIDGE, KIMCHI = "weibo:9900000003/PhyL9kxbj", "weibo:9900000003/PscdM5M3J", "weibo:9900000003/P2RTmc9Ao"
TOMATO, SOWING = "weibo:9900000003/P0Kt6mvi7", "weibo:9900000003/PtkuruPeA"
MARS, MILKY_WAY, METEORS = "weibo:9900000004/P9INmE8WY", "weibo:9900000004/Pl9A8xmdg", "weibo:9900000004/P4Svmj7yV"
TRAIN, CLUB, LIGHTHOUSE = "weibo:9900000005/P81Gr2UPp", "weibo:9900000005/Pwe0FjOME", "weibo:9900000006/P6D8k6W6O"
LEDGER, DIARY = "weibo:9900000006/Pfw3taZDC", "weibo:9900000006/PvkKU0CNU"
KETTLE, GREEN_ROOM, STARS = "arxiv:2501.99001", "arxiv:2505.99034", "arxiv:2503.99013"
BREAD, JAPANESE, TRAILS = "url:c34a34405ff94247", "url:2fc3078afe1c0a35", "url:eb2e7b4b165763bd"


@dataclass(frozen=True)
class Golden:
    """Names the posts that come first for `query`, each with the reason for its rank."""

    query: str
    ranks: tuple[tuple[str, str], ...]


GOLDENS = [
    Golden(
        "量化",
        (
            (BIKE, "says 轻量化 in the title and twice more, in a short post"),
            (PHONE, "is about 量化: title, body and summary, but long"),
            (KETTLE, "names it only in the Chinese summary of an English paper"),
            (SOIL, "holds the two characters only across 质量|化验, by chance"),
        ),
    ),
    Golden(
        "大模型 手机",
        ((PHONE, "both words, in title and body; each other post has one of them, or both in passing"),),
    ),
    Golden("GPT-4o", ((CAMPSITE, "writes it exactly so"), (FRIDGE, "as gpt4o"), (LEDGER, "as GPT 4o, in two parts"))),
    Golden("gpt4o", ((FRIDGE, "writes it exactly so"), (CAMPSITE, "as GPT-4o, title and summary"))),
    Golden("GPT 4o", ((LEDGER, "writes it exactly so"),)),
    Golden("轻量化", ((BIKE, "the only one with the whole word; the others have 量化"),)),
    Golden("C++", ((LEDGER, "compares C++ with C#; other posts have only the letter"),)),
    Golden(
        "望远镜",
        (
            (MARS, "in its own words, about looking through one"),
            (JAPANESE, "only in the summary, of few words"),
            (STARS, "only in the summary, of many words"),
        ),
    ),
    Golden(
        "language models",
        (
            (KETTLE, "both words in the title, next to each other"),
            (GREEN_ROOM, "Language Model in the title, singular"),
        ),
    ),
    Golden("大模型智能体", ((GREEN_ROOM, "the whole query stands in its summary; others have 大模型 alone"),)),
    Golden("雨中露营", ((RAIN, "the whole query stands in its summary: a night of rain in a tent"),)),
    Golden("露營", ((MOUNTAIN, "in the title, in these very characters, and under the hashtag"),)),
    Golden("泡菜", ((KIMCHI, "the only post about it"),)),
    Golden(
        "阳台种菜",
        (
            (TOMATO, "the topic opens its title, and it is short"),
            (SOWING, "under the topic, with 阳台播种 in the title"),
        ),
    ),
    Golden("火车", ((TRAIN, "火车 in the title of the book it is about"), (CLUB, "a train only in a translated line"))),
    Golden("灯塔与邮差", ((LIGHTHOUSE, "quotes the book of this name"),)),
    Golden("星轨", ((TRAILS, "how to photograph them: title, body and summary"),)),
    Golden(
        "小说",
        ((CLUB, "each makes up the opening of one: title, body and summary"), (LIGHTHOUSE, "only in its summary")),
    ),
    Golden("蒸笼", ((PHONE, "said so in an earlier save alone, and is found all the same"),)),
]


@pytest.mark.parametrize("golden", GOLDENS, ids=[golden.query for golden in GOLDENS])
def test_the_best_comes_first(examples: Searcher, golden: Golden) -> None:
    hits = examples.search(golden.query, page_size=len(golden.ranks)).hits
    assert [hit.post.id for hit in hits] == [post for post, _ in golden.ranks], golden.ranks
