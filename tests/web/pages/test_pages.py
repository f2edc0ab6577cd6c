"""The pages as a reader without JavaScript gets them, over HTTP."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import html

from searcher import Searcher, SearchRequest
from searcher.results import Commit
from tests.web.conftest import static_url
from web.app import create_app
from web.i18n import texts
from web.pages.error import mark

TITLES = '//li[@class="hit"]/h2/a'
BUCKETS = '//a[@class="bucket"]'
SELECTED = '//a[@class="bucket"][@aria-current]'
CHIPS = '//a[@class="chip"]'
LANGUAGES = '//ul[@class="choices languages"]//a'
TOTAL = '//p[@class="total"]/strong'
ROBOTS = 23
POSTS = ROBOTS + 2


def test_front_page_lists_everything_newest_first(visit):
    page = visit("/")
    assert page.text(TOTAL) == f"{POSTS} 篇"
    times = page.texts('//li[@class="hit"]//time')
    assert len(times) == 10
    assert times == sorted(times, reverse=True)
    assert page.texts('//nav[@class="sorts"]/a[@aria-current]') == ["最新"]
    assert page.root.xpath("//input[@name='q'][@autofocus]")


def test_hit_shows_what_it_is_and_why_it_is_there(visit):
    page = visit("/?q=脑机接口")
    hit = page.root.xpath('//li[@class="hit"]')[0]
    meta = page.text('//li[@class="hit"][1]/p[@class="meta"]')
    assert page.texts(TITLES)[0] == "脑机接口"
    for part in ("微博", "账号 222", "2025-03-03 08:00", "保存 5 次", "2 张图"):
        assert part in meta
    assert "脑机接口" in [mark.text for mark in hit.xpath('.//p[@class="snippet"]/mark')]
    assert page.texts('//li[@class="hit"][1]//ul[@class="hashtags"]//a') == ["#神经科学#"]
    original = hit.xpath('.//a[starts-with(@href, "https://weibo.com/222/")]')[0]
    assert set(original.get("rel").split()) == {"noreferrer", "noopener"}


@pytest.mark.parametrize(
    ("query", "place"),
    [('"量子纠缠"', "较早的保存："), ('"本文综述了"', "AI 摘要："), ('"原作者的话"', "引用：")],
)
def test_a_snippet_from_elsewhere_than_the_text_says_so(visit, query, place):
    page = visit(f"/?q={quote(query)}")
    assert page.texts('//p[@class="snippet"]/span[@class="from"]') == [place]
    assert not page.texts('//p[@class="found-in"]')


def test_a_hit_says_where_else_it_was_found(visit):
    page = visit("/?q=机器人新闻 进展&page_size=1")
    assert page.texts('//p[@class="found-in"]') == ["也见于 AI 摘要"]
    assert not page.texts('//p[@class="snippet"]/span[@class="from"]')


@pytest.mark.parametrize(
    ("bucket", "total", "chip"),
    [
        ("arXiv", 1, "来源：arXiv"),
        ("222", 1, "账号：222"),
        ("话题7", 1, "话题：话题7"),
        ("ArXiv", 25, "自称来源：ArXiv"),
    ],
)
def test_bucket_goes_on_and_off_with_one_click_each(visit, bucket, total, chip):
    everything = visit("/?sort=oldest")
    narrowed = everything.follow(BUCKETS, bucket)
    assert narrowed.text(TOTAL) == f"{total} 篇"
    assert [text for text in narrowed.texts(SELECTED) if bucket in text]
    assert narrowed.texts(CHIPS) == [f"去掉 {chip}"]
    for back in (narrowed.follow(SELECTED, bucket), narrowed.follow(CHIPS, chip)):
        assert back.text(TOTAL) == everything.text(TOTAL)
        assert not back.texts(SELECTED)
        assert not back.texts(CHIPS)
        assert back.texts('//nav[@class="sorts"]/a[@aria-current]') == ["最早"]


def test_bucket_counts_are_what_a_click_gives(visit):
    page = visit("/?q=机器人&since=2025-05&until=2025-05")
    for source, count in (("微博", "12"),):
        assert f"{source} {count}" in page.texts(BUCKETS)
        assert page.follow(BUCKETS, source).text(TOTAL) == f"{count} 篇"


def test_several_values_of_a_facet_may_be_on(visit):
    page = visit("/").follow(BUCKETS, "arXiv").follow(BUCKETS, "微博")
    assert page.text(TOTAL) == f"{POSTS} 篇"
    assert len(page.texts(SELECTED)) == 2


def test_a_long_facet_folds_all_but_its_first_buckets(visit):
    page = visit("/")
    first = page.texts('//div[@id="buckets-hashtag"]/ul//a')
    folded = page.texts('//div[@id="buckets-hashtag"]/details//a')
    assert len(first) == 8
    assert len(folded) == ROBOTS + 2 - 8
    chosen = folded[-1].split()[0]
    assert f"去掉 {chosen} 1" in page.follow(BUCKETS, chosen).texts('//div[@id="buckets-hashtag"]/ul//a')


def test_hashtag_of_a_hit_narrows_and_then_takes_itself_off(visit):
    path = '//li[@class="hit"]//ul[@class="hashtags"]//a'
    narrowed = visit("/?q=机器人新闻 7&sort=oldest&page_size=100").follow(path, "#话题7#")
    assert narrowed.text(TOTAL) == "1 篇"
    assert narrowed.texts(f"{path}[@aria-current]") == ["#话题7#"]
    assert not narrowed.follow(path, "#话题7#").texts(CHIPS)


def test_every_filter_has_a_chip_and_all_clear_together(visit):
    page = visit("/?q=机器人&source=weibo&type=论文&since=2025-04&until=2025-05-09&sort=newest")
    assert page.texts(CHIPS) == [
        "去掉 来源：微博",
        "去掉 类型：论文",
        "去掉 自 2025-04 起",
        "去掉 至 2025-05-09 止",
    ]
    assert len(page.follow(CHIPS, "2025-04").texts(CHIPS)) == 3
    cleared = page.follow('//ul[@class="chips"]//a', "全部清除")
    assert not cleared.texts(CHIPS)
    assert cleared.root.xpath("//input[@id='q']/@value") == ["机器人"]
    assert cleared.texts('//nav[@class="sorts"]/a[@aria-current]') == ["最新"]


def test_a_new_query_keeps_filters_and_order_from_page_one(visit):
    page = visit("/?q=机器人&source=weibo&hashtag=话题7&hashtag=话题8&sort=newest&page=1&since=2025")
    hidden = page.root.xpath("//form[@id='search']//input[@type='hidden']")
    assert [(field.get("name"), field.get("value")) for field in hidden] == [
        ("source", "weibo"),
        ("hashtag", "话题7"),
        ("hashtag", "话题8"),
        ("since", "2025"),
        ("sort", "newest"),
    ]


def test_pages_lead_through_every_hit_once(visit):
    page = visit("/?q=机器人&source=weibo")
    titles = page.texts(TITLES)
    while page.root.xpath('//nav[@class="pager"]/a[@rel="next"]'):
        page = page.follow('//nav[@class="pager"]/a[@rel="next"]', "下一页")
        titles += page.texts(TITLES)
    assert len(titles) == len(set(titles)) == ROBOTS
    assert page.texts('//nav[@class="pager"]/*') == ["上一页", "1", "2", "3"]
    assert page.follow('//nav[@class="pager"]/a[@rel="prev"]', "").texts('//a[@aria-current="page"]') == ["2"]


def test_page_past_the_end_leads_to_the_last(visit):
    page = visit("/?q=机器人&source=weibo&page=9")
    assert page.status == 200
    assert page.follow("//main//a", "去最后一页").texts('//a[@aria-current="page"]') == ["3"]


def test_pages_far_away_are_left_out(visit):
    assert visit("/?page=13&page_size=1").texts('//nav[@class="pager"]/*') == [
        *("上一页", "1", "…", "11", "12", "13", "14", "15", "…", "25", "下一页"),
    ]


def test_sort_links_reorder(visit):
    page = visit("/?q=机器人&page=2").follow('//nav[@class="sorts"]/a', "最早")
    times = page.texts('//li[@class="hit"]//time')
    assert times == sorted(times)
    assert page.texts('//a[@aria-current="page"]') == ["1"]


def test_no_hits_shows_the_query_and_the_next_step(visit):
    page = visit("/?q=%22不存在的话%22&source=arxiv&hashtag=话题7")
    assert page.status == 200
    assert '"不存在的话"' in page.text('//section[@class="nothing"]/p')
    assert page.texts(f'//section[@class="nothing"]{CHIPS}') == ["去掉 来源：arXiv", "去掉 话题：话题7"]
    topics = '//section[@class="nothing"]/ul[@class="hashtags"]//a'
    assert page.texts(topics)[0] == "#人形机器人#"
    assert page.follow(topics, "#人形机器人#").text(TOTAL) == f"{ROBOTS} 篇"


def test_an_empty_result_of_filters_alone_is_said(visit):
    assert visit("/?source=arxiv&hashtag=话题7").text('//section[@class="nothing"]/p') == "没有文章符合这些条件。"


def test_mistake_in_a_query_is_marked_at_its_place(visit):
    page = visit("/?q=机器人 (具身&source=weibo", **{"Accept-Language": "en"})
    assert page.status == 400
    assert page.text("//h1") == "The query has a mistake"
    assert page.text('//p[@class="marked"]') == "The query has a mistake: 机器人 (具身"
    assert page.text('//mark[@class="wrong"]') == "("
    assert "never closed" in page.text('//div[@id="mistake"]/p[@class="why"]')
    assert page.root.xpath("//input[@name='q']/@value") == ["机器人 (具身"]
    assert page.root.xpath("//input[@name='source']/@value") == ["weibo"]


@pytest.mark.parametrize("url", ["/?page=0", "/?page=x", "/?page_size=1000", "/?sort=best", "/?since=notadate"])
def test_request_without_meaning_is_a_sentence(visit, url):
    page = visit(url)
    assert page.status == 400
    assert page.text("//h1") == "请求有误"
    assert page.text("//main/p[@lang='zh-CN']").endswith("。")


def test_ten_thousand_brackets_are_a_sentence(visit):
    page = visit("/?q=" + "(" * 10_000)
    assert page.status == 400
    assert len(page.text('//p[@class="marked"]')) < 300


def test_a_mistake_deep_in_a_query_is_shown_in_context():
    assert mark("a" * 100 + "(" + "b" * 100, 100, 101) == ("…" + "a" * 60, "(", "b" * 60 + "…")


def test_post_page_shows_the_post_and_all_its_saves(visit):
    page = visit("/?q=脑机接口").follow(TITLES, "脑机接口")
    assert page.status == 200
    assert page.text("//h1") == "脑机接口"
    bodies = page.root.xpath('//article//div[@class="prose"]')
    assert bodies[0].text.splitlines()[:2] == ["脑机接口有了突破", "第二行"]
    assert page.text("//blockquote/div").startswith("转发：原作者的话")
    assert page.texts('//section[@class="summary"]/div') == ["第 5 次的摘要。"]
    assert "这是注释。" in page.texts("//article/section/div")
    assert page.texts("//section[@id='history']/details/summary") == ["更早的 2 次保存"]
    assert page.texts('//li[@class="save"]/p[@class="file"]')[0] == "papers/2025-03-08/often.md"


def test_post_page_tells_claims_from_what_the_url_says(visit):
    page = visit("/?q=脑机接口").follow(TITLES, "脑机接口")
    assert page.text('//aside/section[h2="据网址"]//div[dt="来源"]/dd') == "微博"
    assert page.text('//aside/section[h2="文件自称"]//div[dt="来源"]/dd') == "ArXiv"
    assert page.text('//aside//div[dt="发布时间"]/dd') == "2025-03-03 08:00"
    paper = visit("/post/arxiv:2505.01234")
    assert paper.text('//aside//div[dt="发布时间（以首次保存代替）"]/dd') == "2025-06-01 08:00"


def test_post_page_links_out_without_saying_from_where(visit):
    page = visit("/?q=脑机接口").follow(TITLES, "脑机接口")
    images = page.root.xpath('//ul[@class="images"]//img')
    assert [image.get("src") for image in images] == [f"https://pictures.example/{n}.png" for n in (1, 2)]
    assert {(image.get("loading"), image.get("referrerpolicy")) for image in images} == {("lazy", "no-referrer")}
    outside = page.root.xpath('//a[starts-with(@href, "http")]')
    assert {link.get("rel") for link in outside} == {"noreferrer noopener"}
    assert not page.root.xpath("//img[@alt != '']"), "the words beside an image name it"
    urls = [link.get("href") for link in outside]
    assert "https://example.org/paper" in urls
    assert "论文链接 · example.org" in page.texts('//ul[@class="outgoing"]//a')
    assert "https://videos.example/1.mp4" in urls


def test_post_page_leads_back_to_the_hits_it_came_from(visit):
    page = visit("/?q=机器人&source=weibo&page=2")
    post = page.follow(f"({TITLES})[1]", "")
    assert post.follow('//p[@class="back"]/a', "返回搜索结果").texts(TITLES) == page.texts(TITLES)
    assert visit("/post/arxiv:2505.01234").text('//p[@class="back"]') == "返回首页"


@pytest.mark.parametrize("url", ["/post/weibo:1/none", "/nowhere", "/static/nothing.css"])
def test_unknown_address_is_a_page_of_the_same_design(visit, url):
    page = visit(url)
    assert page.status == 404
    assert page.text("//h1") == "没有这个页面"
    assert page.root.xpath("//form[@role='search']")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("fr", "zh-CN"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, en;q=0.5", "en"),
    ],
)
@pytest.mark.parametrize("url", ["/", "/post/arxiv:2505.01234", "/nowhere"])
def test_language_is_the_readers(visit, url, accepted, language):
    page = visit(url, **{"Accept-Language": accepted})
    assert page.root.get("lang") == language
    assert page.response.headers["Content-Language"] == language
    assert "Accept-Language" in page.response.vary
    assert "Cookie" in page.response.vary
    assert page.text('//a[@class="brand"]') == ("存档搜索" if language == "zh-CN" else "Archive search")


def test_chosen_language_holds_and_can_be_changed(visit):
    chosen = visit("/?q=机器人&hashtag=话题7&hashtag=话题8").follow(LANGUAGES, "English")
    assert chosen.root.get("lang") == "en"
    assert chosen.text(TOTAL) == "2 posts"
    cookie = chosen.response.headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie
    assert "lang" not in "".join(chosen.root.xpath("//main//a/@href | //aside//a/@href"))
    later = visit("/", **{"Accept-Language": "zh"})
    assert later.root.get("lang") == "en"
    assert later.follow(LANGUAGES, "中文").root.get("lang") == "zh-CN"
    assert visit("/").root.get("lang") == "zh-CN"


@pytest.mark.parametrize("url", ["/?lang=xx", "/?lang=%3Cscript%3E"])
def test_an_unknown_language_changes_nothing(visit, url):
    page = visit(url)
    assert page.root.get("lang") == "zh-CN"
    assert "Set-Cookie" not in page.response.headers


def test_english_counts_one_and_many(visit):
    page = visit("/?source=arxiv", **{"Accept-Language": "en"})
    assert page.text(TOTAL) == "1 post"
    assert "1 save" in page.texts('//p[@class="meta"]/span')


def test_both_languages_have_every_text_with_the_same_blanks():
    for key, row in texts._TABLE.items():
        assert len(row) == len(texts.LANGUAGES), key
        assert all(row), key
        assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in row}) == 1, key


def test_answers_forbid_what_a_page_of_ours_never_does(client: FlaskClient):
    for url in ("/", "/api/search", "/nowhere", static_url(client, "page.css")):
        with client.get(url) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_hold_no_inline_script_and_no_inline_style(visit, client: FlaskClient):
    module = static_url(client, "page.js")
    for url in ("/", "/?q=机器人", "/post/arxiv:2505.01234", "/?q=(", "/nowhere", "/help", "/statistics"):
        root = visit(url).root
        assert not root.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")
        assert [(script.get("src"), script.text) for script in root.xpath("//script")] == [(module, None)]


def test_post_answers_get_alone(client: FlaskClient):
    answer = client.post("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


class _Failing:
    """A stand-in for an engine with a bug."""

    def commit(self) -> Commit:
        return Commit("data-1/1", datetime(2025, 6, 1, tzinfo=UTC))

    def search(self, _: SearchRequest) -> None:
        raise ZeroDivisionError("secret")


def test_a_fault_is_a_sentence_and_is_logged(caplog):
    client = create_app(_Failing()).test_client()
    for url in ("/", "/api/search"):
        answer = client.get(url)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert "failed to answer" in caplog.text
        caplog.clear()


def _hostile_pages(client: FlaskClient) -> Iterator[str]:
    yield from (
        "/",
        "/?q=script",
        "/?q=坏话题&hashtag=坏话题",
        '/?q="><script>alert(6)</script>',
        "/?hashtag=<script>",
    )
    yield '/?q=("><script>alert(7)</script>'
    yield '/?since="><script>alert(8)</script>'
    yield "/post/<script>alert(9)</script>"
    for hit in client.get("/api/search").get_json()["hits"]:
        yield f"/post/{hit['id']}?q=<script>"


def test_nothing_out_of_a_file_or_an_address_is_markup(hostile_client: FlaskClient):
    for url in _hostile_pages(hostile_client):
        answer = hostile_client.get(url)
        root = html.document_fromstring(answer.get_data())
        assert root.xpath("//script/@src") == [static_url(hostile_client, "page.js")], url
        assert not root.xpath("//script[text()] | //style | //@style | //@*[starts-with(name(), 'on')]"), url
        assert not [image for image in root.xpath("//img/@src") if not image.startswith("https://")], url
        for address in root.xpath("//@href | //@src | //@action"):
            assert address.startswith(("/", "#", "https://")), (url, address)


def test_hostile_texts_are_shown_as_they_are(hostile_client: FlaskClient):
    ids = [hit["id"] for hit in hostile_client.get("/api/search").get_json()["hits"]]
    pages = [hostile_client.get(f"/post/{post_id}").text for post_id in ids]
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages)
    assert any("javascript:alert(5)" in page for page in pages)
    assert any("点我 · javascript:alert(2)" in page for page in pages)


def test_a_post_may_be_without_time_title_and_text(searcher: Searcher):
    post = searcher.post("arxiv:2505.01234")
    assert post is not None
    save = replace(post.latest, title="", saved=None, content=replace(post.latest.content, text=""), claims={})

    class Bare(_Failing):
        def post(self, _: str):
            return replace(post, published=None, saves=(save,))

        def labels(self, hashtags):
            return hashtags

        def related(self, _id, _limit):
            return ()

    page = create_app(Bare()).test_client().get("/post/x").text
    for words in ("（无标题）", "时间不详", "文件里没有正文。"):
        assert words in page
