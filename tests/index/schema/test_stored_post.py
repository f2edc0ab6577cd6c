"""A stored post is the post that was stored."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.archive.decoding import NotAPost
from index.archive.formats import read_save
from index.archive.html import Content, Link
from index.archive.identity import identify
from index.archive.post import Post, Save, Section, make_post
from index.archive.walk import Unreadable, walk
from index.schema.stored_post import decode_post, encode_post
from tests.conftest import EXAMPLES, post_text

texts = st.text(max_size=12)
names = st.tuples(texts)
moments = st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
contents = st.builds(
    Content,
    text=texts,
    quoted=texts,
    links=st.tuples(st.builds(Link, texts, texts)) | st.just(()),
    images=names,
    videos=names,
    hashtags=st.lists(texts, max_size=3).map(tuple),
)
saves = st.builds(
    Save,
    archive=texts,
    path=texts,
    url=texts,
    title=texts,
    content=contents,
    summary=texts,
    saved=moments,
    claims=st.dictionaries(texts, texts, max_size=3),
    sections=st.lists(st.builds(Section, texts, texts), max_size=2).map(tuple),
    other_side=st.lists(texts, max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=100)
@given(st.builds(Post, texts, texts, texts, moments, st.lists(saves, min_size=1, max_size=4).map(tuple)))
def test_a_stored_post_comes_back_whole(post: Post) -> None:
    assert decode_post(encode_post(post)) == post


def test_the_posts_of_the_examples_come_back_whole() -> None:
    posts = []
    for entry in walk(EXAMPLES):
        assert not isinstance(entry, Unreadable)
        try:
            posts.append(as_post(Path(entry.path).read_bytes(), entry.path))
        except NotAPost:
            continue
    assert len(posts) == 36
    assert [decode_post(encode_post(post)) for post in posts] == posts


def as_post(raw: bytes, path: str = "2025-05-08/a.md") -> Post:
    save = read_save(raw, "archive", path)
    identity = identify(save.url)
    return make_post(identity.id, identity.source, identity.account, identity.published, [save])


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
@example("2025-05-08T23:03:23.125Z")
@example("1969-12-31T23:59:59.5Z")
@example("9999-12-31T23:59:59Z")
@example("0001-01-01T00:00:00Z")
def test_any_save_time_comes_back_as_it_was_read(saved: str) -> None:
    post = as_post(post_text(saved=saved, url="https://blog.example.org/a").encode())
    assert decode_post(encode_post(post)) == post


def test_a_file_name_need_not_be_utf8() -> None:
    post = as_post(post_text().encode(), "2025-05-08/\udcb2\udce2.md")
    assert decode_post(encode_post(post)) == post


def test_shared_content_is_stored_once() -> None:
    body = "".join(chr(0x4E00 + at * 7919 % 20_000) for at in range(3_000))
    one, ten = (
        make_post("x", "y", "", None, [read_save(post_text(body=body).encode(), "a", f"{n}.md") for n in range(count)])
        for count in (1, 10)
    )
    assert len(encode_post(ten)) < 1.5 * len(encode_post(one))
