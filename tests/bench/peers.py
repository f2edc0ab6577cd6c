"""The comparison: every engine builds from the same files, answers the same questions, and has to answer them alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.documents import store_documents
from tests.bench.engines import ENGINES, REFERENCE
from tests.bench.measure import Answered, Built, answer, apart, build, choose, percentiles
from tests.bench.questions import Question

# Posts beyond which an engine is left out, for it would take hours: two index some 100 posts a second, and one looks
# at every match of a prefix.
LARGEST = {"whoosh": 100_000, "xapian": 100_000, "fts5": 100_000}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Holds what was measured of each engine that ran, and why each of the others did not.

    Before any engine, posts were read and cut in `reading` seconds.
    """

    reading: float
    questions: dict[str, list[Question]]
    built: dict[str, Built]
    answered: dict[str, Answered]
    absent: dict[str, str]

    def mismatches(self) -> Iterator[str]:
        """Yield each question to which an engine gives another total or other facets than the reference does."""
        for engine, answered in self.answered.items():
            for name, questions in self.questions.items():
                triples = zip(questions, self.answered[REFERENCE].answers[name], answered.answers[name], strict=True)
                for question, right, given in triples:
                    if right and given and (right.total, right.facets) != (given.total, given.facets):
                        counts = f"{given.total} hits and {REFERENCE} {right.total}"
                        differing = [facet for facet in right.facets if right.facets[facet] != given.facets[facet]]
                        facets = f", facets differ: {', '.join(differing)}" if differing else ""
                        yield f"{engine}, {name}, {question}: {counts}{facets}"


def compare(archive: Path, documents: Path, folder: Path, size: int) -> Comparison:
    """Build and ask every engine, in `folder`, of posts put into the file `documents`, and print how far it is."""
    comparison = Comparison(store_documents(archive, documents), apart(choose, documents), {}, {}, {})
    for module in ENGINES:
        if size > LARGEST.get(module, size):
            comparison.absent[module] = f"left out above {LARGEST[module]:,} posts"
        elif built := apart(build, module, documents, folder / module):
            print(f"{module}: built in {built.seconds:,.0f} s", flush=True)
            comparison.built[module] = built
            comparison.answered[module] = apart(answer, module, folder / module, comparison.questions)
        else:
            comparison.absent[module] = "not installed"
    return comparison


def tables(comparison: Comparison) -> str:
    """Return the comparison as tables in Markdown."""
    return "\n".join((*_build_table(comparison), "", *_answer_table(comparison), ""))


def _build_table(comparison: Comparison) -> Iterator[str]:
    yield (
        "| Engine | posts/s from files | posts/s without reading | index MB | KB a post | peak MB building "
        "| peak MB answering | open + first answer ms |"
    )
    yield "|---|" + "---:|" * 7
    for module, built in comparison.built.items():
        answered = comparison.answered[module]
        yield (
            f"| {built.name} {built.version} | {built.posts / (comparison.reading + built.seconds):,.0f} "
            f"| {built.posts / built.seconds:,.0f} | {built.size / 2**20:,.0f} "
            f"| {built.size / built.posts / 1024:.1f} | {built.peak} | {answered.peak} | {answered.opening:.1f} |"
        )
    for module, reason in comparison.absent.items():
        yield f"| {module} | {reason} |" + " |" * 6


def _answer_table(comparison: Comparison) -> Iterator[str]:
    names = [built.name for built in comparison.built.values()]
    yield f"| p50 / p95 ms (p50 ÷ {REFERENCE}'s) | {' | '.join(names)} |"
    yield "|---|" + "---:|" * len(names)
    for name in comparison.questions:
        reference, _ = percentiles(comparison.answered[REFERENCE].times[name])
        cells = (_cell(answered.times[name], reference) for answered in comparison.answered.values())
        yield f"| {name} | {' | '.join(cells)} |"


def _cell(times: list[float], reference: float) -> str:
    if not times:
        return "not supported"
    median, most = percentiles(times)
    return f"{median:.2f} / {most:.2f} ({median / reference:.1f}×)"
