"""Every word that the pages show, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# The first language is for readers who prefer neither.
LANGUAGES = {"zh": "zh-CN", "en": "en"}
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}

_TABLE = {
    "name": ("存档搜索", "Archive search"),
    "skip": ("跳到正文", "Skip to content"),
    "query": ("查询", "Query"),
    "search": ("搜索", "Search"),
    "placeholder": ("输入词语、“原文”或 #话题#", "Words, “exact text” or #hashtag#"),
    "list": ("、", ", "),
    # Hits
    "everything": ("全部文章", "All posts"),
    "answers": ("“{query}”的搜索结果", "Answers to “{query}”"),
    "total_one": ("{n} 篇", "{n} post"),
    "total": ("{n} 篇", "{n} posts"),
    "took": ("用时 {ms} 毫秒", "{ms} ms"),
    "untitled": ("（无标题）", "(untitled)"),
    "account": ("账号 {account}", "account {account}"),
    "saves_one": ("保存 {n} 次", "{n} save"),
    "saves": ("保存 {n} 次", "{n} saves"),
    "images_one": ("{n} 张图", "{n} image"),
    "images": ("{n} 张图", "{n} images"),
    "hashtags": ("话题", "Hashtags"),
    "original": ("原文", "Original"),
    "matched_in": ("见于{places}", "Found in {places}"),
    "in_title": ("标题", "title"),
    "in_body": ("正文", "text"),
    "in_summary": ("AI 摘要", "AI summary"),
    "in_quoted": ("引用", "quoted post"),
    "in_earlier": ("较早的保存", "an earlier save"),
    "in_hashtag": ("话题", "hashtag"),
    # Sorting and pages
    "sort": ("排序", "Sort"),
    "sort_relevance": ("相关", "Relevance"),
    "sort_newest": ("最新", "Newest"),
    "sort_oldest": ("最早", "Oldest"),
    "pages": ("翻页", "Pages"),
    "page": ("第 {n} 页", "Page {n}"),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "past_end": ("没有这么多页：共 {n} 页。", "There are not that many pages: the last is page {n}."),
    "last_page": ("去最后一页", "Go to the last page"),
    # Facets
    "facets": ("筛选", "Filters"),
    "close": ("关闭", "Close"),
    "facet_source": ("来源", "Source"),
    "facet_account": ("账号", "Account"),
    "facet_hashtag": ("话题", "Hashtag"),
    "facet_date": ("发布月份", "Month"),
    "facet_type": ("类型", "Type"),
    "facet_claimed_source": ("自称来源", "Claimed source"),
    "more": ("再看 {n} 项", "Show {n} more"),
    "selected": ("筛选条件", "Active filters"),
    "remove": ("去掉", "Remove"),
    "clear": ("全部清除", "Clear all"),
    "chip": ("{facet}：{label}", "{facet}: {label}"),
    "date": ("日期", "Date"),
    "since": ("自 {date} 起", "since {date}"),
    "until": ("至 {date} 止", "until {date}"),
    "source_weibo": ("微博", "Weibo"),
    "source_arxiv": ("arXiv", "arXiv"),
    "source_unknown": ("未知", "Unknown"),
    # No hits
    "nothing": ("没有找到文章", "No posts found"),
    "nothing_query": (
        "存档里没有符合这个查询的文章：{query}",
        "Nothing in the archive answers this query: {query}",
    ),
    "nothing_filtered": (
        "在下列条件内，没有符合这个查询的文章：{query}",
        "Within the filters below, nothing answers this query: {query}",
    ),
    "nothing_filters": ("没有文章符合这些条件。", "No post passes these filters."),
    "nothing_archive": (
        "存档是空的：先用 searcher index 导入文章。",
        "The archive is empty: first index some posts with searcher index.",
    ),
    "loosen": ("可以去掉一个条件：", "Take a filter off:"),
    "try": ("这里写得最多的话题：", "What is written about most here:"),
    "syntax": ("查询怎么写", "How to write a query"),
    "syntax_words": ("词语，按相关程度排列", "words, ranked by how well they match"),
    "syntax_exact": ("原文里一字不差", "exactly this text"),
    "syntax_without": ("不含这个词", "without this word"),
    "syntax_either": ("两者之一", "either of the two"),
    "syntax_hashtag": ("这个话题下的文章", "posts under this hashtag"),
    "syntax_title": ("标题里；summary: 则是 AI 摘要里", "in titles; summary: in AI summaries"),
    "syntax_date": ("这段时间发布的", "published in this time"),
    "syntax_source": ("这个来源的", "from this source"),
    # A post
    "back": ("返回搜索结果", "Back to the results"),
    "home": ("返回首页", "Back to the start"),
    "facts": ("出处", "Where it is from"),
    "by_url": ("据网址", "By its URL"),
    "by_file": ("文件自称", "As the file claims"),
    "url": ("网址", "URL"),
    "published": ("发布时间", "Published"),
    "published_saved": ("发布时间（以首次保存代替）", "Published (first save stands in)"),
    "first_saved": ("首次保存", "First saved"),
    "last_saved": ("最近保存", "Last saved"),
    "unknown_time": ("时间不详", "time unknown"),
    "body": ("正文", "Text"),
    "no_body": ("文件里没有正文。", "The file holds no text."),
    "quoted": ("引用的文章", "Quoted post"),
    "images_heading": ("图片", "Images"),
    "image": ("图 {n}", "Image {n}"),
    "videos": ("视频", "Videos"),
    "video": ("视频 {n}", "Video {n}"),
    "links": ("链接", "Links"),
    "summary": ("AI 摘要", "AI summary"),
    "other_side": ("冲突的另一方", "The other side of a conflict"),
    "history": ("历次保存", "All saves"),
    "history_more": ("更早的 {n} 次保存", "{n} earlier saves"),
    "title_then": ("当时的标题", "Title then"),
    "url_then": ("当时的网址", "URL then"),
    "body_then": ("当时的正文", "Text then"),
    "quoted_then": ("当时的引用", "Quoted then"),
    "claims_then": ("当时的元数据", "Metadata then"),
    # What went wrong
    "error_query_syntax": ("查询有误", "The query has a mistake"),
    "error_bad_request": ("请求有误", "The request has a mistake"),
    "error_not_found": ("没有这个页面", "There is no such page"),
    "error_method_not_allowed": ("不能这样请求", "That method is not answered"),
    "error_no_index": ("还没有索引", "There is no index yet"),
    "error_not_an_index": ("这里不是索引", "That is not an index"),
    "error_index_outdated": ("索引已过时", "The index is outdated"),
    "error_index_damaged": ("索引已损坏", "The index is damaged"),
    "error": ("出错了", "Something went wrong"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Gives the page's words in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the text `key` with `values` put in."""
        return _IN[self.language][key].format(**values)

    def counted(self, key: str, n: int) -> str:
        """Return the text `key` for `n` of something."""
        return self(f"{key}_one" if n == 1 else key, n=f"{n:,}")

    def has(self, key: str) -> bool:
        """Tell whether there is a text `key`."""
        return key in _TABLE


def _column(number: int) -> Mapping[str, str]:
    return MappingProxyType({key: row[number] for key, row in _TABLE.items()})


_IN = {language: _column(number) for number, language in enumerate(LANGUAGES)}
