"""Error messages in Chinese; those in English are the errors' own."""

from collections.abc import Mapping

from index.errors import (
    ClusterError,
    DamagedIndexError,
    ForeignFolderError,
    MovingIndexError,
    NoIndexError,
    OutdatedIndexError,
    SearcherError,
    UserWordsError,
)
from searcher.errors import ErrorMessage, UserError

CHINESE: Mapping[ErrorMessage, str] = {
    # Queries
    ErrorMessage.TOO_LONG: "查询有 {length} 个字符，最多读 {most} 个。",
    ErrorMessage.TOO_MANY_PARTS: "一个查询最多有 {most} 个部分。",
    ErrorMessage.TOO_MANY_EXPANSIONS: "一个查询里，词*、词*词 和 词~ 最多一共 {most} 个，请去掉一些。",
    ErrorMessage.TOO_DEEP: "括号和 NOT 最多嵌套 {most} 层。",
    ErrorMessage.NOTHING_BEFORE: '{word} 前面要有内容；要找这个词本身，请写成 "{word}"。',
    ErrorMessage.NOTHING_AFTER: "{word} 后面要有内容。",
    ErrorMessage.OPEN_BRACKET: "这个括号没有闭合。",
    ErrorMessage.STRAY_BRACKET: "这个右括号前面没有左括号；要找括号本身，请放进引号里。",
    ErrorMessage.EMPTY_BRACKETS: "括号里没有内容。",
    ErrorMessage.OPEN_QUOTE: "这个引号没有闭合。",
    ErrorMessage.EMPTY_QUOTES: "引号里没有内容。",
    ErrorMessage.EXCLUDED_SCOPE: "in: 说的是在哪一部分里找，不能排除。",
    ErrorMessage.UNKNOWN_SCOPE: "文章没有叫 {value} 的部分；in: 后面可以写 {parts}。",
    ErrorMessage.MISSPELLED_FIELD: "没有“{field}”这个字段，您要的是 {near} 吗？",
    ErrorMessage.UNKNOWN_FIELD: "没有“{field}”这个字段，有的是 {fields}；要找这几个字本身，请放进引号里。",
    ErrorMessage.NO_VALUE: "{field}: 后面要紧跟一个值。",
    ErrorMessage.NO_TOPIC: "hashtag: 后面要有话题的名字。",
    ErrorMessage.NO_DATE: "“{value}”不是日期；"
    "请写成 2025、2025-05、2025-05-09、2025-05-01..2025-05-09、7d 或 上周 这样。",
    ErrorMessage.EMPTY_PERIOD: "“{value}”的结束早于开始。",
    ErrorMessage.NO_NUMBER_OF_SAVES: "“{value}”不是保存的次数；请写成 3、>10、>=10、<3、<=3 或 2..5。",
    ErrorMessage.IMPOSSIBLE_SAVES: "没有文章能满足 saves:{value}。",
    # Requests
    ErrorMessage.NO_POST: "索引里没有文章 {post}。",
    ErrorMessage.OUT_OF_RANGE: "{name} 是 {number}，应当在 1 到 {most} 之间。",
    ErrorMessage.NO_CHOICE: "{name} 是“{value}”，应当是 {choices} 之一。",
    ErrorMessage.NO_NUMBER: "{name} 是“{value}”，应当是整数。",
    ErrorMessage.TOO_MANY_VALUES: "{name} 给了 {count} 个值，最多同时取 {most} 个。",
    ErrorMessage.NO_HASHTAG: "hashtag 是“{value}”，这不是话题的名字。",
    ErrorMessage.NO_TIME: "{name} 是“{value}”，这不是日期；请写成 2025、2025-05、2025-05-09、7d、今天、上周 这样。",
    ErrorMessage.NO_TIME_BETWEEN: "since 是“{since}”，晚于 until 的“{until}”。",
    ErrorMessage.NO_SAVE: "save 是 {number}，这篇文章有第 1 到第 {saves} 次保存。",
    ErrorMessage.FILE_GONE: "存档里已经没有 {path} 这个文件。",
    ErrorMessage.UNKNOWN_HOST: "这台服务器不叫 {host}；要用这个名字，请在启动时用 --url 写明。",
    ErrorMessage.NO_HOST: "请求没有写明主机名。",
    ErrorMessage.NO_PASSWORD: "要看这里的内容需要密码；用户名随意。",
    ErrorMessage.TOO_MANY_TO_EXPORT: "要导出的有 {total:,} 篇，最多导出 {most:,} 篇；请缩小查询或日期的范围。",
}

# What an operator can do; the first class that matches counts.
CHINESE_BY_ERROR: Mapping[type[SearcherError], str] = {
    ForeignFolderError: "作为索引的文件夹里是别的东西，没有动它；请用 --index 指另一个文件夹。",
    NoIndexError: "这里还没有索引，或者打不开；请先用 searcher index 建立。",
    OutdatedIndexError: "索引是按旧的规则建立的，要用 searcher index --rebuild 重建一次；存档本身没有变。",
    DamagedIndexError: "索引的文件有损坏或缺失，要用 searcher index --rebuild 重建一次；存档本身没有变。",
    MovingIndexError: "读取期间索引一直在更新；请稍后再试，或缩小查询的范围。",
    UserWordsError: "自定义词语的文件读不懂，请改正它。",
    ClusterError: "集群现在不能完整回答；请检查集群，然后再试。",
}


def error_messages(error: SearcherError) -> dict[str, str]:
    """Return the message of `error` by language, English always among them."""
    if isinstance(error, UserError):
        return {"zh": CHINESE[error.template].format(**error.values), "en": str(error)}
    chinese = next((message for kind, message in CHINESE_BY_ERROR.items() if isinstance(error, kind)), "")
    return {"en": str(error), **({"zh": chinese} if chinese else {})}
