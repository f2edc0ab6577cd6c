"""A new error of a request costs its English and its Chinese message, and the place where it is raised."""

import json
from pathlib import Path

import pytest

from tests.additions.project import Addition, Edit, Project

pytestmark = pytest.mark.thorough

ADDITION = Addition(
    (
        Edit(
            "searcher/errors.py",
            "    # Requests\n",
            '    TOO_DEEP_A_PAGE = "page {page} is beyond the first {most:,} hits; narrow the query"\n',
        ),
        Edit(
            "web/i18n/messages.py",
            "    # Requests\n",
            '    ErrorMessage.TOO_DEEP_A_PAGE: "第 {page} 页超出了前 {most:,} 条结果，请缩小查询的范围。",\n',
        ),
        Edit(
            "searcher/request.py",
            '        _check_range("page_size", self.page_size, MAX_PAGE_SIZE)\n',
            "        if self.page * self.page_size > 10_000:\n"
            "            raise RequestError(ErrorMessage.TOO_DEEP_A_PAGE, page=self.page, most=10_000)\n",
        ),
    )
)
ENGLISH = "page 2000 is beyond the first 10,000 hits; narrow the query."
CHINESE = "第 2000 页超出了前 10,000 条结果，请缩小查询的范围。"
QUESTIONS = """
import json, sys
from searcher import open_searcher
from web.app import create_app

with open_searcher(sys.argv[1]) as searcher:
    client = create_app(searcher).test_client()
    paths = "/api/search?page=2000", "/?page=2000"
    answers = [client.get(path, headers={"Accept-Language": "zh"}) for path in paths]
    print(json.dumps([[answer.status_code, answer.text] for answer in answers]))
"""


def test_a_new_error_is_told_on_the_command_line(tmp_path: Path, example_index: Path) -> None:
    project = Project(tmp_path / "project", ADDITION)
    done = project.searcher("search", "大模型", "--page", "2000", "--index", example_index)
    assert (done.returncode, done.stderr.strip()) == (2, ENGLISH)


def test_a_new_error_is_told_over_http_in_both_languages(tmp_path: Path, example_index: Path) -> None:
    project = Project(tmp_path / "project", ADDITION)
    (api_status, api), (page_status, page) = project.answers(QUESTIONS, example_index)
    assert (api_status, page_status) == (400, 400)
    assert json.loads(api)["error"]["code"] == "bad_request"
    assert json.loads(api)["error"]["message"] == ENGLISH
    assert CHINESE in page
