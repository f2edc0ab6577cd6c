"""The posts of an archive as every engine is given them: the tokens that this project cuts, and nothing left to cut."""

import pickle
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from index.archive.formats import read_save
from index.archive.hashtags import hashtag_key
from index.archive.identity import identify
from index.archive.post import ARCHIVE_ZONE, Post, make_post
from index.archive.walk import Unreadable, walk
from index.schema.stored_post import encode_post
from index.schema.zones import zone_texts
from index.text import tokenizer
from index.text.folding import fold

# Stands between the texts of a post, so that no phrase runs from one into the next: no pair is of one character.
BREAK = "␞"
# Engines that cut at white space are given tokens without any.
_BLANK = str.maketrans(" ", "␠")


@dataclass(frozen=True, slots=True)
class BenchDocument:
    """Is a post: its tokens with every occurrence in order, what it is counted by, and the record stored of it."""

    id: str
    texts: list[str]
    words: list[str]
    characters: list[str]
    pairs: list[str]
    source: str
    account: str
    month: str
    hashtags: list[str]
    published: int
    stored: bytes


def store_documents(archive: Path, file: Path) -> float:
    """Write the posts in the folders of `archive` to `file`, and return the seconds that it took on all cores."""
    began = time.perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes, file.open("wb") as stream:
        for part in processes.map(_pickled, sorted(archive.iterdir())):
            stream.write(part)
    return time.perf_counter() - began


def stored_documents(file: Path) -> Iterator[BenchDocument]:
    """Yield the posts that `store_documents` wrote."""
    with file.open("rb") as stream:
        while stream.peek(1):
            yield pickle.load(stream)


def _pickled(folder: Path) -> bytes:
    # One by one: with thousands of them in memory, Python would look them over for what is unused while engines work.
    return b"".join(map(pickle.dumps, read_documents(folder)))


def read_documents(archive: Path) -> Iterator[BenchDocument]:
    """Yield the posts below `archive`, which holds one file of each."""
    for entry in walk(archive):
        assert not isinstance(entry, Unreadable)
        save = read_save(Path(entry.path).read_bytes(), str(archive), entry.name)
        identity = identify(save.url)
        yield make_document(make_post(identity.id, identity.source, identity.account, identity.published, [save]))


def make_document(post: Post) -> BenchDocument:
    """Return the document that stands for `post`."""
    texts = [fold(text.strip()) for zone in zone_texts(post).values() for text in zone]
    return BenchDocument(
        id=post.id,
        texts=texts,
        words=[word for text in texts for word in tokenizer.word_tokens(text)],
        characters=[character for text in texts for character in text.translate(_BLANK)],
        pairs=[pair for text in texts for pair in (*pairs(text.translate(_BLANK)), BREAK)],
        source=post.source,
        account=post.account,
        month=post.published.astimezone(ARCHIVE_ZONE).strftime("%Y-%m") if post.published else "",
        hashtags=list(dict.fromkeys(hashtag_key(spelling) for spelling in post.hashtags)),
        published=int(post.published.timestamp()) if post.published else 0,
        stored=encode_post(post),
    )


def pairs(text: str) -> list[str]:
    """Return every two neighbouring characters of `text`, in order."""
    return [text[at : at + 2] for at in range(len(text) - 1)]
