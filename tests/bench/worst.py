"""Hunt for the queries that take longest: print the slowest of many made to be slow, over generated posts.

`make worst SIZE=100000`. Nothing that is typed should hold a core for more than a second.
"""

import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from index import update
from searcher import Searcher, open_searcher
from searcher.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, QuerySyntaxError
from tests.bench import machine
from tests.bench.corpus import sentences, write_archive
from tests.conftest import REAL_ARCHIVE

SHOWN = 25
_LIMIT = 1.0
_LATIN = [chr(letter) for letter in range(ord("a"), ord("z") + 1)]


def queries(pool: list[str]) -> Iterator[tuple[str, str]]:
    """Yield queries with what is bad about each; `pool` is of sentences that the archive holds."""
    chance = random.Random(4)
    text = "".join(chance.sample(pool, min(len(pool), 400)))
    han = "".join(re.findall("[\u4e00-\u9fff]", text))
    common = _commonest(han)
    pairs = _commonest_pairs(han)
    latin = list(dict.fromkeys(re.findall("[a-z]{3,}", text.lower())))
    yield "pasted text", text[:2000]
    yield "pasted text, as long as can be", text[:MAX_LENGTH]
    yield "pasted text in quotes", f'"{text[:2000].replace(chr(34), "")}"'
    yield "a sentence in quotes", f'"{pool[0]}"'
    yield "pasted Han, no punctuation", han[:MAX_LENGTH]
    yield "pasted Latin words", " ".join(latin)[:MAX_LENGTH]
    yield "common pairs in quotes", f'"{"".join(pairs)[:400]}"'
    yield "one character again and again, in quotes", f'"{common[0] * 2000}"'
    yield "two characters again and again, in quotes", f'"{common[:2] * 1000}"'
    yield "one character again and again", common[0] * 2000
    yield "two characters again and again", common[:2] * 1000
    yield "common characters in a row", common * 8
    yield "the commonest pairs in a row", "".join(pairs)
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
    yield "many beginnings", " OR ".join(f"{letter}*" for letter in _LATIN)
    yield "many beginnings of Han", " OR ".join(f"{character}*" for character in common[:MAX_CLAUSES])
    yield "many patterns", " OR ".join(f"*{letter}*" for letter in _LATIN)
    yield "as many patterns as can be", " OR ".join(f"*{a}*{b}*" for a in _LATIN for b in _LATIN[:7])[: MAX_LENGTH - 40]
    yield "many patterns of Han", " OR ".join(f"*{character}*" for character in common[:MAX_CLAUSES])
    yield "many slips", " OR ".join(f"{word}~" for word in latin[:MAX_CLAUSES])
    yield "many slips, all needed", " AND ".join(f"{word}~" for word in latin[:MAX_CLAUSES])
    for operator in ("AND", "OR"):
        joint = f" {operator} "
        yield f"many characters with {operator}", joint.join(common[:MAX_CLAUSES])
        yield f"many quoted characters with {operator}", joint.join(f'"{one}"' for one in common[:MAX_CLAUSES])
        yield f"many titles with {operator}", joint.join(f'title:"{one}"' for one in common[:MAX_CLAUSES])
        yield f"many summaries with {operator}", joint.join(f"summary:{one}" for one in pairs[:MAX_CLAUSES])
        yield f"many pairs with {operator}", joint.join(pairs[:MAX_CLAUSES])
        yield f"many Latin words with {operator}", joint.join(latin[:MAX_CLAUSES])
        yield f"many quoted sentences with {operator}", joint.join(f'"{one[:18]}"' for one in pool[:MAX_CLAUSES])
        yield f"many sentences with {operator}", joint.join(one[:18] for one in pool[:MAX_CLAUSES])
    yield "many characters side by side", " ".join(common[:MAX_CLAUSES])
    yield "many pairs side by side", " ".join(pairs[:MAX_CLAUSES])
    yield "many words left out", " ".join(f"-{one}" for one in pairs[: MAX_CLAUSES // 2])
    yield "many texts left out", " ".join(f'-"{one}"' for one in common[: MAX_CLAUSES // 2])
    yield "NOT upon NOT", "NOT " * MAX_DEPTH + common[0]
    yield "NOT and brackets", "NOT (" * (MAX_DEPTH // 2) + common[0] + ")" * (MAX_DEPTH // 2)
    nested = common[0]
    for character in common[1:MAX_DEPTH]:
        nested = f"({nested} OR NOT {character})" if nested.count("(") % 2 else f"({nested} {character})"
    yield "brackets within brackets", nested
    yield "everything again and again", " OR ".join(["*"] * MAX_CLAUSES)
    yield "dates again and again", " OR ".join(["date:2024"] * MAX_CLAUSES)
    yield "hashtags", " OR ".join(f"#话题{number}#" for number in range(MAX_CLAUSES))
    yield "hosts", " OR ".join(["site:com"] * MAX_CLAUSES)
    yield "days of saving", " OR ".join(["saved:2000.."] * MAX_CLAUSES)
    yield "what is not there, next to it", " ".join(f"{one}ㄅ" for one in pairs[: MAX_CLAUSES // 2])
    yield "a slip to be guessed", "".join(pairs[:6])[:12] + "ㄅ"
    yield "many slips to be guessed", " AND ".join(f"{word[:-1]}qx" for word in latin[:MAX_CLAUSES])
    yield (
        "many slips of Han to be guessed",
        " AND ".join(f'"{a}{b}{c}"' for a, b, c in zip(pairs, pairs[9:], pairs[5:], strict=False))[:1800],
    )


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
        print(f"{size:,} posts on {machine.processor()}\n")
        with open_searcher(location) as searcher:
            measure(searcher, pool)


if __name__ == "__main__":
    main(int(sys.argv[1]))
