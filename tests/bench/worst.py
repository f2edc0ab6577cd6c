"""Hunt for the queries that take longest: print the slowest of many made to be slow, over generated posts.

`make worst SIZE=100000`. Nothing that is typed should hold a core for more than a second.
"""

import random
import re
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from index import update
from searcher import Searcher, open_searcher
from searcher.errors import QuerySyntaxError
from searcher.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_EXPANSIONS, MAX_LENGTH
from tests.bench import machine
from tests.bench.corpus import sentences, write_archive
from tests.conftest import REAL_ARCHIVE

SHOWN = 25
_LIMIT = 1.0
_LATIN = [chr(letter) for letter in range(ord("a"), ord("z") + 1)]


def queries(pool: list[str]) -> Iterator[tuple[str, str]]:
    """Yield queries with what is bad about each; `pool` is of sentences that the archive holds."""
    chance = random.Random(4)
    text = re.sub(r'[()（）"“”:：*＊~～#＃-]', " ", "".join(chance.sample(pool, min(len(pool), 400))))
    short = [re.sub(r"\W", "", one)[:18] for one in pool]
    han = "".join(re.findall("[\u4e00-\u9fff]", text))
    common = _commonest(han)
    pairs = _commonest_pairs(han)
    latin = list(dict.fromkeys(re.findall("[a-z]{3,}", text.lower())))
    yield "pasted text", text[:2000]
    yield "pasted text, as long as can be", text[:MAX_LENGTH]
    yield "pasted text in quotes", f'"{text[:2000]}"'
    yield "a sentence in quotes", f'"{pool[0]}"'
    yield "pasted Han, no punctuation", han[:MAX_LENGTH]
    yield "pasted Latin words", _joined(" ", latin)
    yield "common pairs in quotes", f'"{"".join(pairs)[:400]}"'
    yield "one character again and again, in quotes", f'"{common[0] * 2000}"'
    yield "two characters again and again, in quotes", f'"{common[:2] * 1000}"'
    yield "one character again and again", common[0] * 2000
    yield "two characters again and again", common[:2] * 1000
    yield "common characters in a row", (common * 8)[:MAX_LENGTH]
    yield "the commonest pairs in a row", "".join(pairs)[:MAX_LENGTH]
    for character in common[:5]:
        yield "one character", character
        yield "one character, in quotes", f'"{character}"'
        yield "one character in the title", f'title:"{character}"'
        yield "one character in the summary", f"summary:{character}"
        yield "a beginning of one character", f"{character}*"
        yield "a pattern of one character", f"*{character}*"
        yield "a slip of one character", f"{character}~"
    for letter in ("a", "e", "s"):
        yield "one letter", letter
        yield "one letter, in quotes", f'"{letter}"'
        yield "one letter in the summary", f'summary:"{letter}"'
        yield "a beginning of one letter", f"{letter}*"
        yield "a pattern of one letter", f"*{letter}*"
        yield "an ending of one letter", f"*{letter}"
        yield "a slip of one letter", f"{letter}~"
    for mark in ("，", "。", " ".join("，。、：；"), "？", "1", "的 了 是 在"):
        yield "marks and stop words", mark
        yield "marks and stop words, in quotes", f'"{mark}"'
    yield "patterns within patterns", "*" + "*".join("aeiou") + "*"
    yield "patterns of Han", "*".join(common[:20]) + "*"
    yield "a long pattern", "*" + "*".join("a" * 500) + "*"
    yield "stars", "a" + "*" * 100 + "b"
    for name, form in (("beginnings", "{}*"), ("patterns", "*{}*"), ("slips", "{}~"), ("titles", "title:*{}*")):
        for script, parts in (("Latin", latin), ("letters", _LATIN), ("Han", common), ("pairs of Han", pairs)):
            yield f"many {name} of {script}", _joined(" OR ", map(form.format, parts), MAX_EXPANSIONS)
    for joint in (" AND ", " OR ", " ", " -"):
        named = joint.strip() or "nothing"
        yield f"many characters, {named} between", _joined(joint, common)
        yield f"many quoted characters, {named} between", _joined(joint, map('"{}"'.format, common))
        yield f"many titles, {named} between", _joined(joint, map('title:"{}"'.format, common))
        yield f"many summaries, {named} between", _joined(joint, map("summary:{}".format, common))
        yield f"many pairs in originals, {named} between", _joined(joint, map('original:"{}"'.format, pairs))
        yield f"many pairs, {named} between", _joined(joint, pairs)
        yield f"many Latin words, {named} between", _joined(joint, latin)
        yield f"many letters in titles, {named} between", _joined(joint, map('title:"{}"'.format, _LATIN * 7))
        yield f"many quoted sentences, {named} between", _joined(joint, map('"{}"'.format, short))
        yield f"many sentences, {named} between", _joined(joint, short)
        yield f"many long texts, {named} between", _joined(joint, (han[at : at + 60] for at in range(0, 6000, 60)))
    yield "NOT upon NOT", "NOT " * MAX_DEPTH + common[0]
    yield "NOT and brackets", "NOT (" * (MAX_DEPTH // 2) + common[0] + ")" * (MAX_DEPTH // 2)
    nested = common[0]
    for character in common[1:MAX_DEPTH]:
        nested = f"({nested} OR NOT {character})" if nested.count("(") % 2 else f"({nested} {character})"
    yield "brackets within brackets", nested
    for clause in ("*", "date:2024", "site:com", "saved:2000..", "saves:1", "source:weibo", "#话题0#", "type:论文"):
        yield f"{clause} again and again", _joined(" OR ", [clause] * MAX_CLAUSES)
    yield "hashtags", _joined(" OR ", (f"#话题{number}#" for number in range(MAX_CLAUSES)))
    yield "days of saving", _joined(" OR ", (f"saved:{1900 + year}.." for year in range(120)))
    yield "dates", _joined(" OR ", (f"date:{1900 + year}.." for year in range(120)))
    yield "what is not there, next to what is", _joined(" ", (f"{pair}ㄅ" for pair in pairs))
    for joint in (" AND ", " "):
        yield (
            f"slips to be guessed, {joint.strip() or 'nothing'} between",
            _joined(joint, [f"{one[:-1]}qx" for one in latin], 6),
        )
    yield "a slip of Han to be guessed", f'"{"".join(pairs)[:12]}"'
    yield "slips of Han to be guessed", " AND ".join(f'"{"".join(pairs[at : at + 8])}"' for at in range(0, 40, 8))


def _joined(joint: str, parts: Iterable[str], most: int = MAX_CLAUSES) -> str:
    """Return as many of `parts` as a query may hold."""
    joined = ""
    # What is left out counts twice: the minus, and what stands behind it.
    for part in islice(parts, most // 2 if "-" in joint else most):
        longer = f"{joined}{joint}{part}" if joined else part
        if len(longer) > MAX_LENGTH:
            break
        joined = longer
    return joined


def measure(searcher: Searcher, pool: list[str]) -> None:
    """Print the slowest queries, and those that are refused."""
    slowest: list[tuple[float, str, str, str]] = []
    refused = 0
    for name, query in queries(pool):
        for _ in range(2):  # the first reading of a block from disk is not what is asked about
            began = time.process_time()
            try:
                found = f"{searcher.search(query).total:,}"
            except QuerySyntaxError as error:
                found = f"refused: {error}"
            took = time.process_time() - began
        refused += found.startswith("refused")
        slowest.append((took, name, found, query))
    slowest.sort(reverse=True)
    print(f"{len(slowest)} queries, {refused} refused; seconds of one core, the slowest first\n")
    for took, name, found, query in slowest[:SHOWN]:
        print(f"{'OVER ' if took > _LIMIT else '     '}{took:6.3f}  {found[:60]:>9}  {name:<40}  {query[:50]!r}")
    for took, name, found, _ in slowest:
        if found.startswith("refused"):
            print(f"     {took:6.3f}  {name}: {found[:150]}")


def _commonest(han: str) -> str:
    return "".join(sorted(set(han), key=han.count, reverse=True))


def _commonest_pairs(han: str) -> list[str]:
    pairs = [han[at : at + 2] for at in range(len(han) - 1)]
    counts = dict.fromkeys(pairs, 0)
    for pair in pairs:
        counts[pair] += 1
    return sorted(counts, key=counts.__getitem__, reverse=True)


def main(size: int) -> None:
    pool = sentences(REAL_ARCHIVE)
    with TemporaryDirectory() as folder:
        archive, location = Path(folder, "archive"), Path(folder, "index")
        write_archive(archive, size, pool)
        update(location, [archive])
        print(f"{size:,} posts on {machine.describe()}\n")
        with open_searcher(location) as searcher:
            measure(searcher, pool)


if __name__ == "__main__":
    main(int(sys.argv[1]))
