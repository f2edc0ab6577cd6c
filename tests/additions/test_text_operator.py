"""A new operator on words costs the tree, the parser, the patterns of snippets, and its words in each engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

PARSER, PATTERNS = "searcher/query/values.py", "searcher/patterns.py"
EMBEDDED, OPENSEARCH = "searcher/embedded/statistics.py", "searcher/opensearch/statistics.py"
# `model?` finds "model" and "models".
NODE = """

class Plural(ExpansionNode):
    kind = "plural"

    def __str__(self) -> str:
        return f"{self.scope.prefix()}{_escape(self.text)}?"
"""
ADDITION = Addition(
    (
        Edit(
            "searcher/query/tree.py",
            '        return f"{self.scope.prefix()}{_escape(self.text)}~"\n',
            NODE,
        ),
        Edit("searcher/query/tree.py", "Expansion = ", "Plural | "),
        Edit("searcher/query/tree.py", '_SPECIAL = "', "?"),
        Edit(PARSER, "    Phrase,\n", "    Plural,\n"),
        Edit(
            PARSER,
            '    plain = ESCAPED.sub("..", run)  # an escaped operator has no meaning\n',
            '    if len(run) > 1 and plain.endswith("?"):\n        return Plural(text[:-1], span=span)\n',
        ),
        Edit(PATTERNS, "from searcher.query.tree import ", "Plural, "),
        Edit(
            PATTERNS,
            '            yield from (f"{_at_word_start(word)}{_NO_LETTER_AFTER}" for word in similar(folded))\n',
            '        case Plural():\n            yield f"{_at_word_start(folded)}s?{_NO_LETTER_AFTER}"\n',
        ),
        Edit(EMBEDDED, "from searcher.query.tree import ", "Plural, "),
        Edit(
            EMBEDDED,
            "                return lambda segment: _ranges_of(segment, words)\n",
            "            case Plural():\n"
            '                both = [text.encode(), f"{text}s".encode()]\n'
            "                return lambda segment: _ranges_of(segment, both)\n",
        ),
        Edit(OPENSEARCH, "from searcher.query.tree import ", "Plural, "),
        Edit(
            OPENSEARCH,
            '                return in_words("terms", words, node.scope) if words else NOTHING\n',
            '            case Plural():\n                return in_words("terms", [text, f"{text}s"], node.scope)\n',
        ),
        Edit(
            OPENSEARCH,
            "                return self.similar_words(text)\n",
            '            case Plural():\n                return [text, f"{text}s"]\n',
        ),
    )
)


def test_mypy_names_each_place_without_the_operator(tmp_path: Path) -> None:
    addition = ADDITION.without(PARSER, PATTERNS, EMBEDDED, OPENSEARCH)
    done = Project(tmp_path / "project", addition).run("-m", "mypy", "searcher")
    unhandled = {line.split(":")[0] for line in done.stdout.splitlines() if "assert_never" in line}
    assert unhandled == {PATTERNS, EMBEDDED, OPENSEARCH}


def test_a_new_operator_on_words_finds_explains_and_marks(tmp_path: Path, example_index: Path) -> None:
    project = Project(tmp_path / "project", ADDITION)

    def ask(command: str, query: str) -> Any:
        done = project.searcher(command, query, "--json", "--index", example_index)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    hits = ask("search", "model?")["hits"]
    either = ask("search", '"model" OR "models"')["hits"]
    assert len(hits) > 1
    assert {hit["id"] for hit in hits} == {hit["id"] for hit in either}
    marked = {part["text"].lower() for hit in hits for part in hit["snippet"] if part["matched"]}
    assert marked <= {"model", "models"}
    assert "models" in marked
    explanation = ask("explain", "model?")
    assert (explanation["reading"], explanation["clause"]["kind"]) == ("model?", "plural")
