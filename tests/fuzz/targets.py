"""What a fuzzer may ask: each target takes any bytes, and raises only where something is wrong with the project."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_from_bytes

from flask.testing import FlaskClient

from index import update
from index.archive.decoding import MalformedPost, NotAPost
from index.archive.formats import read_save
from index.archive.html import read_markup, read_plain, read_unknown
from index.archive.identity import identify
from index.archive.post import Post, Save, make_post
from index.schema.document import make_document
from index.schema.stored_post import decode_post, encode_post
from index.text.segmenter import compiled_segmenter
from searcher import open_searcher
from searcher.errors import QuerySyntaxError
from searcher.query.parser import MAX_LENGTH, parse
from tests.conftest import EXAMPLES
from tests.fuzz.damage import ask_damaged
from web.app import create_app

NOW = datetime(2025, 5, 9, tzinfo=UTC)
PATHS = (
    "/",
    "/api/search",
    "/api/explain",
    "/api/suggest",
    "/completions",
    "/export.csv",
    "/export.md",
    "/feed.atom",
    "/statistics",
    "/api/imports",
    "/opensearch/suggest",
    "/api/post/",
    "/post/",
    "/raw/",
    "/api/related/",
)
_POST_PATHS = ("/api/post/", "/post/", "/raw/", "/api/related/")
# Made once for a process, and gone with it.
_folder = TemporaryDirectory(prefix="searcher-fuzz-")


def files(content: bytes) -> None:
    """Read `content` as a file of an archive; a post that it holds has to survive being stored, and be indexed."""
    try:
        save = read_save(content, "archive", "2025-05-08/a.md")
    except (MalformedPost, NotAPost):
        return
    make_document(_stored(save), compiled_segmenter(()))


def markup(content: bytes) -> None:
    """Read `content` as the body of a post, as markup, as plain text and as either."""
    body = content.decode("utf-8", "replace")
    for read in (read_markup(body), read_plain(body), read_unknown(body)):
        texts = (read.text, read.quoted, *read.hashtags, *(link.text for link in read.links))
        assert all(text.encode() == text.encode("utf-8", "replace") for text in texts)
        assert all(read.hashtags)
        _stored(Save("archive", "2025-05-08/a.md", "https://weibo.com/1/PwalGjyVS", "", read))


def queries(content: bytes) -> None:
    """Parse `content`: what it means is written as a query of the same meaning; what it doesn't has its place."""
    query = content.decode("utf-8", "replace")
    try:
        tree = parse(query, NOW)
    except QuerySyntaxError as mistake:
        assert 0 <= mistake.start < mistake.end <= len(query)  # noqa: PT017 - either outcome is right
        return
    written = str(tree)
    if len(written) <= MAX_LENGTH:  # escapes make it longer
        assert parse(written, NOW) == tree, written


def requests(content: bytes) -> None:
    """Ask the application: the first byte chooses the path, what follows is the query string as it comes."""
    path = PATHS[content[0] % len(PATHS)] if content else "/"
    rest = content[1:]
    if path in _POST_PATHS:
        name, _, rest = rest.partition(b"?")
        path += quote_from_bytes(name)
    answer = _client().get(path, environ_overrides={"QUERY_STRING": rest.decode("latin-1")})
    assert answer.status_code in (200, 304, 400, 404, 405), (answer.status_code, answer.text[:2000])
    if answer.mimetype == "application/json":
        record = json.loads(answer.data)
        assert answer.status_code == 200 or set(record["error"]) >= {"code", "message"}


def index(content: bytes) -> None:
    """Change the files of an index as `content` says, and ask it; see `damage`."""
    ask_damaged(_index(), content)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (files, markup, queries, requests, index)
}


@cache
def _index() -> Path:
    location = Path(_folder.name, "index")
    update(location, [EXAMPLES])
    return location


@cache
def _client() -> FlaskClient:
    return create_app(open_searcher(_index())).test_client()


def _stored(save: Save) -> Post:
    """Return the post of `save` as it comes out of an index."""
    said = identify(save.url)
    post = make_post(said.id, said.source, said.account, said.published, [save])
    stored = decode_post(encode_post(post))
    assert stored == post
    return stored
