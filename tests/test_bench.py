"""The benchmark compares engines that answer alike: this project beside one that every Python has."""

from pathlib import Path

from tests.bench.corpus import sentences, write_archive
from tests.bench.documents import read_documents
from tests.bench.engines import load
from tests.bench.questions import choose_questions


def test_engines_agree_on_every_question(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    write_archive(archive, 300, sentences(tmp_path / "none"))
    questions = [question for asked in choose_questions(read_documents(archive)).values() for question in asked]
    answers = []
    for module in ("ours", "fts5"):
        engine = load(module)
        (folder := tmp_path / module).mkdir()
        engine.build(folder, read_documents(archive))
        engine.open(folder)
        answers.append([engine.answer(question) for question in questions])
    for question, ours, theirs in zip(questions, *answers, strict=True):
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets), question
