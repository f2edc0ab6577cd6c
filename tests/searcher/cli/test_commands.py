"""The output and the exit statuses of the command line."""

import csv
import io
import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from index import update
from index.files.checked_json import read_json, write_json
from searcher.cli import main
from tests.conftest import EXAMPLES, WritePost
from tests.searcher.shelf import linked, weibo_url

PHONE = "weibo:9900000001/PgztznL7L"
RESULT_KEYS = ["query", "total", "took_ms", "page", "page_size", "did_you_mean", "hits", "facets"]
HIT_KEYS = [
    *("id", "url", "title", "source", "account", "published", "first_saved", "last_saved", "saves", "hashtags"),
    *("images", "score", "matched_in", "snippet"),
]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index over the example archive."""
    location = tmp_path_factory.mktemp("cli") / "index"
    update(location, [EXAMPLES])
    return location


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give a function that runs the command line, whose default index is in an empty folder."""
    environment = {"XDG_DATA_HOME": str(tmp_path / "home"), "SEARCHER_INDEX": None}

    def invoke(*arguments: object, **environ: str) -> Result:
        result = CliRunner().invoke(main, [str(one) for one in arguments], env={**environment, **environ})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


def searcher(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    command = [sys.executable, "-m", "searcher", *(str(one) for one in arguments)]
    return subprocess.run(command, text=True, capture_output=True, timeout=60, check=False, encoding="utf-8", **more)  # type: ignore[call-overload,no-any-return]


# --- index -------------------------------------------------------------------------------------------------


def test_index_reports_what_it_did_and_that_nothing_changed(run: Run, location: Path) -> None:
    first = run("index", "--index", location, EXAMPLES)
    assert first.exit_code == 0
    assert "Updated: 31 posts added, 0 saved again, 0 changed, 0 moved, 0 lost." in first.stdout
    assert "36 saves of 31 posts; 0 unreadable files; 1 file that is not a post." in first.stdout
    assert "README.md" in first.stdout
    assert "Nothing has changed." in run("index", "--index", location, EXAMPLES).stdout
    assert "Rebuilt: 0 posts added" in run("index", "--index", location, "--rebuild").stdout


def test_index_remembers_its_archives(run: Run, location: Path, archive: Path, write_post: WritePost) -> None:
    write_post("2025-05-08/a.md", url=weibo_url(1), body="风筝")
    assert run("index", "--index", location, archive).exit_code == 0
    write_post("2025-05-08/b.md", url=weibo_url(2), body="风筝")
    result = run("index", "--index", location)
    assert result.exit_code == 0
    assert "1 post added" in result.stdout
    assert json.loads(run("search", "--index", location, "风筝", "--json").stdout)["total"] == 2
    assert str(archive) in run("stats", "--index", location).stdout


def test_index_writes_to_the_data_folder_or_searcher_index(
    run: Run, tmp_path: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="风筝")
    assert run("index", archive).exit_code == 0
    assert (tmp_path / "home" / "searcher" / "index").is_dir()
    assert run("search", "风筝").exit_code == 0
    elsewhere = str(tmp_path / "elsewhere")
    assert run("index", archive, SEARCHER_INDEX=elsewhere).exit_code == 0
    assert run("search", "风筝", SEARCHER_INDEX=elsewhere).exit_code == 0
    assert Path(elsewhere).is_dir()


def test_strict_ends_with_4_after_an_unreadable_file(
    run: Run, location: Path, archive: Path, write_post: WritePost
) -> None:
    write_post(body="风筝")
    (archive / "empty.md").write_bytes(b"")
    loose = run("index", "--index", location, archive)
    strict = run("index", "--index", location, "--strict")
    assert (loose.exit_code, strict.exit_code) == (0, 4)
    assert "1 unreadable file;" in strict.stdout
    assert re.search(r"empty\.md: is empty", strict.stdout)
    assert run("search", "--index", location, "风筝").exit_code == 0
    (archive / "empty.md").unlink()
    assert run("index", "--index", location, "--strict").exit_code == 0


def test_index_names_a_missing_archive_and_loses_nothing(run: Run, location: Path, built: Path) -> None:
    result = run("index", "--index", built, location / "no such folder")
    assert result.exit_code == 2
    assert result.stderr.startswith("There is no folder ")
    assert "no such folder" in result.stderr
    assert json.loads(run("stats", "--index", built, "--json").stdout)["posts"] == 31


@pytest.mark.thorough
def test_no_progress_in_a_pipe(location: Path) -> None:
    done = searcher("index", "--index", location, EXAMPLES)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "31 posts added" in done.stdout


# --- no index ----------------------------------------------------------------------------------------------

COMMANDS = [
    ("search", "x"),
    ("show", PHONE),
    ("stats",),
    ("suggest", "x"),
    ("explain", "x"),
    ("serve", "--port", "0"),
    ("index",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_without_an_index_a_sentence_says_what_to_do(run: Run, location: Path, command: tuple[str, ...]) -> None:
    result = run(command[0], "--index", location, *command[1:])
    assert result.exit_code == 3
    assert result.stdout == ""
    command_to_run = f"run `searcher index --index '{location}' ARCHIVE`"
    assert re.fullmatch(rf"[A-Z][^\n]* {re.escape(command_to_run)}[^\n]*\.\n", result.stderr)


@pytest.mark.parametrize("command", [("search", "x"), ("show", PHONE), ("stats",)], ids=lambda command: command[0])
def test_without_an_index_json_says_so(run: Run, location: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--index", location, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "no_index"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_folder_that_is_no_index_stays_untouched(run: Run, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "thesis"
    precious = place if kind == "file" else place / "chapter.txt"
    precious.parent.mkdir(exist_ok=True)
    precious.write_text("precious", encoding="utf-8")
    for command in (("search", "x"), ("index", EXAMPLES), ("index", EXAMPLES, "--rebuild")):
        result = run(*command, "--index", place)
        assert result.exit_code == 3
        assert str(place) in result.stderr
        assert precious.read_text(encoding="utf-8") == "precious"


def test_an_outdated_index_asks_for_a_rebuild(run: Run, location: Path) -> None:
    update(location, [EXAMPLES])
    (manifest,) = location.glob("data-*/manifest-*.json")
    record = read_json(manifest)
    record["fingerprint"]["analyzer"] = "0"
    write_json(manifest, record)
    for command in (("search", "x"), ("stats",), ("index",)):
        result = run(*command, "--index", location)
        assert result.exit_code == 3
        assert "analyzer was 0" in result.stderr
        assert f"run `searcher index --index '{location}' --rebuild`." in result.stderr
    assert json.loads(run("search", "x", "--index", location, "--json").stdout)["error"]["code"] == "index_outdated"
    assert run("index", "--rebuild", "--index", location).exit_code == 0
    assert run("search", "大模型", "--index", location).exit_code == 0


def test_user_words_apply_and_a_wrong_line_ends_with_2(
    run: Run, location: Path, archive: Path, write_post: WritePost, tmp_path: Path
) -> None:
    write_post(body="大模型")
    words = tmp_path / "home" / "searcher" / "words.txt"
    words.parent.mkdir(parents=True)
    words.write_text("大模型 = LLM\n", encoding="utf-8")
    home = {"SEARCHER_WORDS": "", "XDG_CONFIG_HOME": str(tmp_path / "home")}
    assert run("index", "--index", location, archive, **home).exit_code == 0
    assert run("search", "--index", location, "LLM", **home).exit_code == 0
    outdated = run("search", "--index", location, "LLM")
    assert outdated.exit_code == 3
    assert re.search(r"words was \w+ and is none\): run .* --rebuild`", outdated.stderr)
    words.write_text("大模型 = LLM\nRL\n", encoding="utf-8")
    for command in (("search", "x"), ("index", "--rebuild")):
        result = run(*command, "--index", location, **home)
        assert (result.exit_code, result.stdout) == (2, "")
        assert re.fullmatch(rf"Line 2 of your words in {words}, 'RL', is no word .*: write .*\.\n", result.stderr)
    answer = json.loads(run("search", "x", "--json", "--index", location, **home).stdout)
    assert answer["error"]["code"] == "words"


# --- search ------------------------------------------------------------------------------------------------


def test_search_shows_title_source_date_saves_hashtags_and_snippet(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "石墨散热片")
    assert result.exit_code == 0
    assert result.stderr == ""
    for part in ("  1. #大模型##端侧大模型#周末", "weibo/9900000001", "2025-03-01", "3 saves", "#端侧大模型#", PHONE):
        assert part in result.stdout
    assert "换一块石墨散热片就压住了" in result.stdout
    assert re.search(r"1–1 of 1 post · page 1 of 1 · \d+ ms\n$", result.stdout)
    assert "\x1b" not in result.stdout


def test_search_ends_with_1_if_nothing_is_found(run: Run, built: Path) -> None:
    result = run("search", "--index", built, '"没有这样的话"')
    assert (result.exit_code, result.stdout) == (1, "Nothing found.\n\nDid you mean 没有这样的话?\n")
    result = run("search", "--index", built, "zzz")
    assert (result.exit_code, result.stdout) == (1, "Nothing found.\n")
    result = run("search", "--index", built, '"没有这样的话"', "--json")
    assert (result.exit_code, json.loads(result.stdout)["total"]) == (1, 0)


def test_a_page_beyond_the_last_says_so(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "大模型", "--page", "9")
    assert result.exit_code == 0
    assert "page 9 is beyond the last, 1" in result.stdout


def test_json_has_the_keys_of_the_contract_in_their_order(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "大模型 手机", "--json", "--limit", "3")
    assert result.stdout.endswith("}\n")
    assert result.stdout.count("\n") == 1
    answer = json.loads(result.stdout)
    assert list(answer) == RESULT_KEYS
    assert (answer["query"], answer["page"], answer["page_size"], len(answer["hits"])) == ("大模型 手机", 1, 3, 3)
    assert answer["total"] >= 3
    assert isinstance(answer["took_ms"], float)
    for hit in answer["hits"]:
        assert list(hit) == HIT_KEYS
        assert all(list(fragment) == ["text", "matched"] for fragment in hit["snippet"])
    first = answer["hits"][0]
    assert first["id"] == PHONE
    assert first["url"] == "https://weibo.com/9900000001/PgztznL7L"
    assert (first["source"], first["account"]) == ("weibo", "9900000001")
    assert (first["saves"], first["images"]) == (3, 2)
    assert first["published"] == "2025-03-01T13:14:08Z"
    assert first["first_saved"] == "2025-03-02T01:02:44Z"
    assert first["last_saved"] == "2025-03-20T23:01:05Z"
    assert first["hashtags"] == ["大模型", "端侧大模型"]
    assert {"text": "大模型", "matched": True} in first["snippet"]
    assert list(answer["facets"]) == ["source", "account", "hashtag", "date", "claimed_source"]
    for name in ("source", "account", "hashtag"):
        assert all(list(bucket) == ["value", "label", "count", "selected"] for bucket in answer["facets"][name])
    assert all(list(bucket) == ["value", "count", "selected"] for bucket in answer["facets"]["date"])
    assert answer["facets"]["source"][0]["label"] == "微博"


def test_jsonl_is_a_hit_a_line(run: Run, built: Path) -> None:
    whole = json.loads(run("search", "--index", built, "大模型", "--json").stdout)["hits"]
    lines = run("search", "--index", built, "大模型", "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == whole


def test_csv_and_markdown_are_documents(run: Run, built: Path) -> None:
    whole = json.loads(run("search", "--index", built, "大模型", "--json").stdout)["hits"]
    rows = list(csv.DictReader(io.StringIO(run("search", "--index", built, "大模型", "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == [hit["id"] for hit in whole]
    assert rows[0]["hashtags"] == "#大模型# #端侧大模型#"
    assert [row["title"] for row in rows] == [hit["title"] for hit in whole]
    lines = run("search", "--index", built, "大模型", "--format", "markdown").stdout.splitlines()
    assert lines[0] == "# 大模型"
    assert [hit["url"] for hit in whole] == re.findall(r"\]\(<(.*?)>\) · ", "\n".join(lines))
    assert any("**大模型**" in line for line in lines)


FILTERS = [
    (["--source", "arxiv"], "source:arxiv"),
    (["--source", "arxiv", "--source", "weibo"], "source:arxiv OR source:weibo"),
    (["--account", "9900000002"], "account:9900000002"),
    (["--hashtag", "#city ride#"], "#CityRide#"),
    (["--hashtag", "露营", "--account", "9900000007"], "#露营# account:9900000007"),
    (["--type", "教程"], "type:教程"),
    (["--since", "2025-05"], "since:2025-05"),
    (["--until", "2024-12-31"], "until:2024-12-31"),
    (["--since", "2025-04-01", "--until", "2025-04-01"], "date:2025-04-01"),
]


@pytest.mark.parametrize(("options", "query"), FILTERS, ids=[" ".join(options) for options, _ in FILTERS])
def test_options_filter_as_the_query_language_does(run: Run, built: Path, options: list[str], query: str) -> None:
    every = ("--json", "--limit", "100", "--sort", "newest")  # a clause of the query gives scores, a filter none
    by_option = json.loads(run("search", "--index", built, *options, *every).stdout)
    by_query = json.loads(run("search", "--index", built, query, *every).stdout)
    assert by_option["total"] > 0
    assert [hit["id"] for hit in by_option["hits"]] == [hit["id"] for hit in by_query["hits"]]


def test_sort_limit_and_page(run: Run, built: Path) -> None:
    def published(*options: object) -> list[str]:
        answer = json.loads(run("search", "--index", built, "--json", *options).stdout)
        return [hit["published"] for hit in answer["hits"]]

    newest = published("--sort", "newest", "--limit", "100")
    assert newest == sorted(newest, reverse=True)
    assert published("--sort", "oldest", "--limit", "4", "--page", "2") == newest[::-1][4:8]


def test_facets_are_bars_with_the_chosen_marked(run: Run, built: Path) -> None:
    shown = run("search", "--index", built, "--facets", "--source", "arxiv").stdout
    assert re.search(r"^source$", shown, re.M)
    assert re.search(r"^    +25 █{24} 微博$", shown, re.M)
    assert re.search(r"^  \* +3 █+ +arXiv$", shown, re.M)
    assert "█" not in run("search", "--index", built).stdout


def test_a_query_needs_no_quotes_and_dashes_precede_a_minus(run: Run, built: Path) -> None:
    joined = run("search", "--index", built, "--json", "大模型 -手机").stdout
    apart = run("search", "--index", built, "--json", "--", "大模型", "-手机").stdout
    assert [hit["id"] for hit in json.loads(apart)["hits"]] == [hit["id"] for hit in json.loads(joined)["hits"]]
    without = json.loads(run("search", "--index", built, "--json", "--", "-大模型").stdout)
    having = json.loads(run("search", "--index", built, "--json", "大模型").stdout)
    assert without["total"] + having["total"] == 31


# --- bad queries and usage ---------------------------------------------------------------------------------


def test_a_bad_query_is_a_sentence_with_its_place_underlined(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "大模型 sorce:weibo")
    assert (result.exit_code, result.stdout) == (2, "")
    sentence, query, marks = result.stderr.splitlines()
    assert sentence == "In the query, at 4–9: unknown field 'sorce'; did you mean source?"
    assert query == "  大模型 sorce:weibo"
    assert marks == "  " + " " * 7 + "^" * 5  # three characters of two columns and a space stand before it


def test_a_combining_accent_takes_no_column(run: Run, built: Path) -> None:
    marks = run("search", "--index", built, "cafe\u0301 sorce:weibo").stderr.splitlines()[-1]
    assert marks == "  " + " " * 5 + "^" * 5


@pytest.mark.parametrize("option", ["--json", "--jsonl"])
def test_a_bad_query_with_json_is_a_json_error(run: Run, built: Path, option: str) -> None:
    result = run("search", "--index", built, option, "大模型 sorce:weibo")
    assert (result.exit_code, result.stderr) == (2, "")
    error = json.loads(result.stdout)
    assert list(error) == ["error"]
    assert list(error["error"]) == ["code", "message", "start", "end"]
    assert (error["error"]["code"], error["error"]["start"], error["error"]["end"]) == ("query_syntax", 4, 9)


def test_ten_thousand_brackets_are_a_sentence(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "(" * 10_000)
    assert result.exit_code == 2
    assert result.stderr.startswith("In the query, at 4096–10000: it has 10000 characters; at most 4096 are read.\n")
    assert len(result.stderr) < 400


def test_a_bad_date_is_a_sentence(run: Run, built: Path) -> None:
    result = run("search", "--index", built, "--since", "soon")
    assert result.exit_code == 2
    assert re.fullmatch(r"since is 'soon', which is no date; write [^\n]*\.\n", result.stderr)
    result = run("search", "--index", built, "--since", "soon", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "bad_request"


USAGE = [
    ["search", "--sort", "best", "x"],
    ["search", "--limit", "0", "x"],
    ["search", "--limit", "101", "x"],
    ["search", "--page", "0", "x"],
    ["search", "--json", "--jsonl", "x"],
    ["search", "--json", "--format", "csv", "x"],
    ["search", "--format", "pdf", "x"],
    ["search", "--no-such-option"],
    ["show"],
    ["suggest"],
    ["suggest", "--limit", "0", "x"],
    ["no-such-command"],
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_every_command_and_option_explains_itself(run: Run) -> None:
    listed = run("--help").stdout
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert name in listed
        shown = run(name, "--help")
        assert shown.exit_code == 0
        assert "Exit status: 0" in shown.stdout
        for parameter in command.params:
            for option in parameter.opts:
                assert option in shown.stdout or parameter.param_type_name == "argument"
    assert re.fullmatch(r"searcher, version \d+\.\d+\.\d+\n", run("--version").stdout)


# --- show and stats ----------------------------------------------------------------------------------------


def test_show_lists_every_save_of_a_post(run: Run, built: Path) -> None:
    result = run("show", "--index", built, PHONE)
    assert result.exit_code == 0
    for part in ("3 saves", "2025-03-02 09:02", "2025-03-06 07:02", "2025-03-21 07:01", "千层饼", "石墨散热片"):
        assert part in result.stdout
    assert "https://example.org/fireside/phone-llm" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "name",
    [
        *("arxiv:2501.99001", "http://arxiv.org/abs/2501.99001v1", "https://arxiv.org/abs/2501.99001v7"),
        "https://www.arxiv.org/pdf/2501.99001",
    ],
)
def test_show_takes_an_id_or_any_url_of_the_post(run: Run, built: Path, name: str) -> None:
    post = json.loads(run("show", "--index", built, name, "--json").stdout)
    assert (post["id"], post["saves"]) == ("arxiv:2501.99001", 2)
    assert [save["saved"] for save in post["history"]] == ["2025-03-11T05:05:52Z", "2025-01-22T05:02:31Z"]
    assert post["history"][1]["claims"]["类型"] == "论文"
    assert post["body"].startswith("Large language models")


def test_show_of_an_unknown_post_ends_with_1(run: Run, built: Path) -> None:
    result = run("show", "--index", built, "weibo:1/none")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "The index has no post weibo:1/none.\n"


def test_show_json_of_an_unknown_post_is_a_json_error(run: Run, built: Path) -> None:
    result = run("show", "--index", built, "weibo:1/none", "--json")
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["message"]) == ("not_found", "The index has no post weibo:1/none.")


def test_stats_count_what_the_index_holds(run: Run, built: Path) -> None:
    figures = json.loads(run("stats", "--index", built, "--json").stdout)
    assert (figures["posts"], figures["saves"], figures["hashtags"]) == (31, 36, 16)
    assert figures["sources"]["weibo"] == 25
    assert (figures["first_published"], figures["last_published"]) == ("2024-11-03T12:15:36Z", "2025-06-14T22:12:38Z")
    assert figures["archives"] == [str(EXAMPLES.resolve())]
    shown = run("stats", "--index", built)
    assert shown.exit_code == 0
    assert re.search(r"^Posts +31 \(weibo 25, arxiv 3, ", shown.stdout, re.M)
    assert re.search(r"^Published +2024-11-03 to 2025-06-15$", shown.stdout, re.M)


def test_suggest_is_a_line_each_with_its_count(run: Run, built: Path) -> None:
    shown = run("suggest", "--index", built, "damo")
    assert shown.exit_code == 0
    assert re.search(r"^#大模型#  \d+$", shown.stdout, re.M)
    answer = json.loads(run("suggest", "--index", built, "大模", "--limit", "1", "--json").stdout)
    assert list(answer) == ["suggestions"]
    assert [list(one) for one in answer["suggestions"]] == [["text", "kind", "count"]]


def test_suggest_of_nothing_ends_with_1(run: Run, built: Path) -> None:
    result = run("suggest", "--index", built, "zzzzzz")
    assert (result.exit_code, result.stdout) == (1, "Nothing found.\n")


# --- processes ---------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_exit_statuses_of_real_processes(built: Path, location: Path) -> None:
    assert searcher("search", "--index", built, "大模型").returncode == 0
    assert searcher("search", "--index", built, '"没有这样的话"').returncode == 1
    assert searcher("search", "--index", built, "a AND").returncode == 2
    assert searcher("search", "--index", location, "x").returncode == 3


@pytest.mark.thorough
@pytest.mark.parametrize("options", [[], ["--jsonl"], ["--json"], ["--format", "csv"], ["--facets"]], ids=" ".join)
def test_a_reader_that_goes_away_makes_no_noise(built: Path, options: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # as `head` does once it has seen enough
    try:
        command = [sys.executable, "-m", "searcher", "search", "--index", str(built), "--limit", "100", *options]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_search_imports_only_what_it_needs(built: Path) -> None:
    """Each of these modules takes from 2 to 300 ms, and a whole search a quarter of a second."""
    unwanted = ["whoosh", "jieba", "rjieba", "lxml", "index.updates.update", "web", "flask"]
    unwanted += ["shutil", "secrets", "difflib", "tomllib", "searcher.embedded.evidence", "opensearchpy", "msgspec"]
    asked = (
        "import sys, searcher.__main__ as program; print('numpy' in sys.modules)\n"
        f"sys.argv[1:] = ['search', '大模型', '--index', {str(built)!r}]\n"
        f"try: program.run()\nfinally: print([name for name in {unwanted} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], text=True, capture_output=True, timeout=60, check=False)
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    # The program sets OPENBLAS_NUM_THREADS before NumPy is imported, which halves the time of the import.
    assert (lines[0], lines[-1]) == ("False", "[]")


def test_head_gets_its_line(built: Path) -> None:
    command = f"'{sys.executable}' -m searcher search --index '{built}' --jsonl --limit 100 大模型 | head -1"
    done = subprocess.run(["sh", "-c", command], text=True, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["id"] == PHONE


def at_a_terminal(*arguments: object) -> str:
    """Return what the command line prints to a terminal."""
    terminal, inside = pty.openpty()
    command = [sys.executable, "-m", "searcher", *(str(one) for one in arguments)]
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    output = b""
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=environment) as process:
        os.close(inside)
        while select.select([terminal], [], [], 60)[0]:
            try:
                read = os.read(terminal, 65536)
            except OSError:  # how Linux says that the other side has closed
                break
            if not read:
                break
            output += read
    os.close(terminal)
    assert process.returncode == 0, output.decode()
    return output.decode()


def test_a_terminal_gets_colour(built: Path) -> None:
    shown = at_a_terminal("search", "--index", built, "石墨散热片")
    assert "\x1b[33m\x1b[1m石墨散热片\x1b[0m" in shown
    assert "\x1b" not in at_a_terminal("search", "--index", built, "石墨散热片", "--json")


def test_a_terminal_gets_progress_and_the_report(location: Path, archive: Path, write_post: WritePost) -> None:
    for number in range(12):
        write_post(f"2025-05-08/{number}.md", url=weibo_url(number + 1), body=linked("风筝"))
    shown = at_a_terminal("index", "--index", location, archive)
    assert "Indexing" in shown
    assert "12 posts added" in shown
