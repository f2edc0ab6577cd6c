"""Errors in a query or a request, as message templates that the pages translate."""

from enum import StrEnum

from index.errors import SearcherError


class ErrorMessage(StrEnum):
    """The English template of each message about a query or a request, without its full stop."""

    # Queries
    TOO_LONG = "it has {length} characters; at most {most} are read"
    TOO_MANY_PARTS = "a query has at most {most} parts"
    TOO_MANY_EXPANSIONS = "at most {most} of word*, w*rd and word~ may stand in a query; leave some of them out"
    TOO_DEEP = "brackets and NOT may stand at most {most} deep"
    NOTHING_BEFORE = '{word} needs something before it; write "{word}" to look for the word'
    NOTHING_AFTER = "{word} needs something after it"
    OPEN_BRACKET = "the bracket is never closed"
    STRAY_BRACKET = "the bracket closes nothing; put it in quotes to look for it"
    EMPTY_BRACKETS = "there is nothing between the brackets"
    OPEN_QUOTE = "the quotation mark has no closing one"
    EMPTY_QUOTES = "there is nothing between the quotation marks"
    EXCLUDED_SCOPE = "in: says where to look; it can't be excluded"
    UNKNOWN_SCOPE = "in:{value} names no part of a post; the parts are {parts}"
    MISSPELLED_FIELD = "unknown field '{field}'; did you mean {near}?"
    UNKNOWN_FIELD = "unknown field '{field}'; there are {fields}; put it in quotes to look for it"
    NO_VALUE = "{field}: needs a value right after it"
    NO_TOPIC = "hashtag: needs a topic"
    NO_DATE = "'{value}' is no date; write {forms}"
    EMPTY_PERIOD = "'{value}' ends before it begins"
    NO_NUMBER_OF_SAVES = "'{value}' is no number of saves; write 3, >10, >=10, <3, <=3 or 2..5"
    IMPOSSIBLE_SAVES = "no post has saves:{value}"
    # Requests
    NO_POST = "The index has no post {post}"
    OUT_OF_RANGE = "{name} is {number}; it must be from 1 to {most}"
    NO_CHOICE = "{name} is '{value}'; it must be one of {choices}"
    NO_NUMBER = "{name} is '{value}'; it must be a whole number"
    TOO_MANY_VALUES = "{name} is given {count} times; at most {most} are taken together"
    NO_HASHTAG = "hashtag is '{value}', which names no topic"
    NO_TIME = "{name} is '{value}', which is no date; write {forms}"
    NO_TIME_BETWEEN = "since is '{since}', which is after until, '{until}'"
    NO_SAVE = "save is {number}; this post has the saves 1 to {saves}"
    FILE_GONE = "{path} is no longer a file of the archive"
    UNKNOWN_HOST = "This server is not known as {host}: start it with --url to give it that name"
    NO_HOST = "The request names no host"
    NO_PASSWORD = "A password is needed here; any name goes with it"
    TOO_MANY_TO_EXPORT = "{total:,} posts would be exported, and at most {most:,} are: narrow the query or the dates"


class UserError(SearcherError):
    """An error in what the user asked for; `template` and `values` let pages say it in other languages."""

    def __init__(self, template: ErrorMessage, **values: object) -> None:
        super().__init__(template.format(**values) + "." * (not template.endswith("?")))
        self.template = template
        self.values = values


class QuerySyntaxError(UserError):
    """A part of a query without meaning, from `start` to before `end`."""

    code = "query_syntax"

    def __init__(self, template: ErrorMessage, start: int, end: int, **values: object) -> None:
        super().__init__(template, **values)
        self.start = start
        self.end = end

    def __str__(self) -> str:
        return f"In the query, at {self.start}–{self.end}: {super().__str__()}"

    def as_json(self) -> dict[str, object]:
        return {**super().as_json(), "start": self.start, "end": self.end}
