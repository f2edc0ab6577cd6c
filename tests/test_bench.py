"""The benchmark compares engines that answer alike: this project beside one that every Python has."""

from pathlib import Path

import pytest

from tests.bench.corpus import sentences, write_archive
from tests.bench.documents import store_documents
from tests.bench.measure import answer, apart, build, choose

pytestmark = pytest.mark.thorough


def test_engines_agree_on_every_question(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    write_archive(archive, 300, sentences(tmp_path / "none"))
    documents = tmp_path / "documents"
    store_documents(archive, documents)
    questions = apart(choose, documents)
    answered = []
    for module in ("ours", "fts5"):
        apart(build, module, documents, tmp_path / module)
        answered.append(apart(answer, module, tmp_path / module, questions).answers)
    for name, asked in questions.items():
        for question, ours, theirs in zip(asked, *(answers[name] for answers in answered), strict=True):
            assert ours
            assert theirs
            assert (ours.total, ours.facets) == (theirs.total, theirs.facets), question
