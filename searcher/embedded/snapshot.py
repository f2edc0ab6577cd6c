"""One commit of a Whoosh index, as arrays over its documents."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from whoosh.index import FileIndex

from index import storage
from index.hashtags import commonest_spellings, hashtag_key
from index.manifest import Manifest, check_fingerprint, read_manifest
from index.post import Post
from index.record import decode_post
from index.schema import MULTIPLE

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int32]
Scores = NDArray[np.float32]

# Postings kept decoded; about a gigabyte of documents' worth is never reached by queries in practice.
_CACHED_POSTINGS = 4096


class Ordinals:
    """Is a facet over all documents: document `documents[i]` has the value `values[ordinals[i]]`."""

    def __init__(self, documents: Numbers, ordinals: Numbers, values: list[str]) -> None:
        self.documents = documents
        self.ordinals = ordinals
        self.values = values

    def count(self, mask: Mask) -> NDArray[np.int64]:
        """Return for each value how many documents of `mask` have it."""
        return np.bincount(self.ordinals[mask[self.documents]], minlength=len(self.values))

    def having(self, size: int, wanted: Iterable[str]) -> Mask:
        """Return the mask over `size` documents of those that have any of the `wanted` values."""
        chosen = np.isin(self.ordinals, [i for i, value in enumerate(self.values) if value in set(wanted)])
        mask = np.zeros(size, dtype=bool)
        mask[self.documents[chosen]] = True
        return mask


class Snapshot:
    """Gives the arrays of one commit; documents are numbered from 0 to before `size`, deleted ones included."""

    def __init__(self, data: Path, index: FileIndex, manifest: Manifest) -> None:
        self.data = data
        self.manifest = manifest
        self.generation = index.latest_generation()
        self._index = index
        self._reader = index.reader()
        self.size: int = self._reader.doc_count_all()
        self._postings: dict[tuple[str, str], tuple[Numbers, Scores]] = {}
        # Whoosh's readers share one file position, and threads share this snapshot.
        self._lock = Lock()

    @classmethod
    def open(cls, location: Path) -> "Snapshot":
        """Return the snapshot of the commit now in force; raises the errors of `index.errors`."""
        data = storage.data_folder(location)
        index = storage.open_index(data)
        manifest = read_manifest(data, index.latest_generation())
        check_fingerprint(manifest, location)
        return cls(data, index, manifest)

    def is_current(self, location: Path) -> bool:
        """Tell whether this is still the newest commit of the index at `location`."""
        return storage.data_folder(location) == self.data and self._index.latest_generation() == self.generation

    def close(self) -> None:
        """Let go of the index's files."""
        self._reader.close()

    # --- matching ------------------------------------------------------------------------------------------

    @cached_property
    def live(self) -> Mask:
        """Return the mask of the documents that are not deleted."""
        return np.fromiter((not self._reader.is_deleted(number) for number in range(self.size)), bool, self.size)

    def postings(self, field: str, token: str) -> tuple[Numbers, Scores]:
        """Return the documents that hold `token` in ascending order, and its weight in each."""
        key = (field, token)
        if (found := self._postings.get(key)) is None:
            if len(self._postings) >= _CACHED_POSTINGS:
                self._postings.clear()
            found = self._postings[key] = self._read_postings(field, token)
        return found

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Return the first `limit` tokens of `field` that begin with `prefix`."""
        with self._lock:
            found = []
            for token in self._reader.expand_prefix(field, prefix):
                found.append(token.decode())
                if len(found) == limit:
                    break
            return found

    def similar_terms(self, field: str, text: str, distance: int) -> list[str]:
        """Return the tokens of `field` within `distance` edits of `text` that share its first character."""
        with self._lock:
            return list(self._reader.terms_within(field, text, distance, prefix=1))

    def _read_postings(self, field: str, token: str) -> tuple[Numbers, Scores]:
        with self._lock:
            if (field, token) not in self._reader:
                return np.zeros(0, np.int32), np.zeros(0, np.float32)
            matcher = self._reader.postings(field, token)
            documents, weights = [], []
            while matcher.is_active():
                documents.append(matcher.id())
                weights.append(matcher.weight())
                matcher.next()
            return np.array(documents, np.int32), np.array(weights, np.float32)

    # --- columns -------------------------------------------------------------------------------------------

    @cached_property
    def published(self) -> NDArray[np.int64]:
        """Return the publish times in Unix seconds, NO_TIME where there is none."""
        return self._numbers("published")

    @cached_property
    def lengths(self) -> Scores:
        """Return the summed weights of each document's words."""
        return self._numbers("length").astype(np.float32)

    @cached_property
    def mean_length(self) -> float:
        return float(self.lengths[self.live].mean()) if self.live.any() else 1.0

    def facet(self, name: str) -> Ordinals:
        """Return the facet `name`: source, account, site, type, month or hashtag (by key)."""
        return self._facets[name]

    @cached_property
    def hashtag_labels(self) -> dict[str, str]:
        """Return each topic's commonest spelling by its key."""
        return commonest_spellings(spelling for spellings in self._spellings for spelling in spellings)

    @cached_property
    def ids(self) -> list[str]:
        with self._lock:
            return [str(self._reader.stored_fields(number)["id"]) for number in range(self.size)]

    def texts(self, number: int) -> bytes:
        """Return the folded texts of a document, as `index.schema` writes them."""
        with self._lock:
            return bytes(self._text_column[number])

    def post(self, number: int) -> Post:
        """Return the stored post of a document."""
        with self._lock:
            stored = self._reader.stored_fields(number)["post"]
        return decode_post(stored)

    def number_of(self, post_id: str) -> int | None:
        """Return the number of the live document of a post."""
        documents, _ = self.postings("id", post_id)
        return int(documents[0]) if len(documents) else None

    @cached_property
    def _text_column(self):  # type: ignore[no-untyped-def]
        return self._reader.column_reader("texts")

    @cached_property
    def _spellings(self) -> list[list[str]]:
        with self._lock:
            column = self._reader.column_reader("hashtags")
            rows = [bytes(column[number]).decode() if self.live[number] else "" for number in range(self.size)]
        return [row.split(MULTIPLE) if row else [] for row in rows]

    @cached_property
    def _facets(self) -> dict[str, Ordinals]:
        single = {name: self._single(name) for name in ("source", "account", "site", "type", "month")}
        pairs = [(number, hashtag_key(s)) for number, spellings in enumerate(self._spellings) for s in spellings]
        return {**single, "hashtag": _ordinals(sorted(set(pairs)))}

    def _single(self, name: str) -> Ordinals:
        with self._lock:
            column = self._reader.column_reader(name)
            return _ordinals([(number, value) for number in range(self.size) if (value := column[number])])

    def _numbers(self, name: str) -> NDArray[np.int64]:
        with self._lock:
            column = self._reader.column_reader(name)
            return np.fromiter((column[number] for number in range(self.size)), np.int64, self.size)


def _ordinals(pairs: list[tuple[int, str]]) -> Ordinals:
    values = sorted({value for _, value in pairs})
    numbers = {value: ordinal for ordinal, value in enumerate(values)}
    documents = np.array([number for number, _ in pairs], np.int32)
    return Ordinals(documents, np.array([numbers[value] for _, value in pairs], np.int32), values)
