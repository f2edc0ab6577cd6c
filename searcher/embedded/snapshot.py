"""One commit of an index, as arrays over its documents."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import numpy as np

from index.archive.post import Post
from index.schema.bm25 import LENGTH, MOST_WEIGHT
from index.schema.zones import Zone
from index.segments.arrays import Documents, FieldArrays, SegmentArrays, open_segment
from index.segments.grams import CHARACTERS, PAIRS
from index.segments.lexicon import Lexicon
from index.segments.stored_posts import read_post
from index.store import directory
from index.store.directory import dictionary_file, words_file
from index.store.manifest import Manifest, check_files, check_fingerprint, read_manifest
from index.text.dictionary import DictionarySegmenter
from index.text.user_words import read_words
from searcher.embedded import bm25
from searcher.embedded.columns import Facet, Mask, Numbers, commonest_spellings
from searcher.embedded.phrases import Held, Texts
from searcher.embedded.postings import Part, Postings, joined, united
from searcher.ranking.synonyms import Synonyms, Variant
from searcher.suggest import pinyin
from searcher.suggest.pinyin import PinyinIndex

# Chinese characters outside the rare planes lie together in the order of words.
_HAN = ("\u3400", "\ua000")
_LATIN = ("0", "\u0370")


class Snapshot:
    """Gives the arrays of one commit; documents are numbered from 0 to before `size`, deleted ones included."""

    def __init__(self, data: Path, manifest: Manifest, generation: int, segments: list[SegmentArrays]) -> None:
        self.data = data
        self.manifest = manifest
        self.generation = generation
        self._segments = segments
        self._bases = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self._bases[-1]
        self._fields: dict[str, list[tuple[int, FieldArrays]]] = {}
        self._facets: dict[str, Facet] = {}
        self._labels: dict[str, str] = {}

    @classmethod
    def open(cls, location: Path) -> "Snapshot":
        """Return the snapshot of the commit now in force; raises the errors of `index.errors`."""
        data = directory.data_folder(location)
        generation = directory.latest_generation(data)
        manifest = read_manifest(data, generation)
        check_fingerprint(manifest, location)
        check_files(manifest, data)
        segments = [open_segment(data, record) for record in manifest.segments]
        return cls(data, manifest, generation, segments)

    def present_manifest(self) -> Manifest:
        """Return the manifest as it is now: an update that finds nothing changed writes that of its commit anew."""
        return read_manifest(self.data, self.generation)

    def is_current(self, location: Path) -> bool:
        """Tell whether this is still the newest commit of the index at `location`."""
        return (
            directory.data_folder(location) == self.data and directory.latest_generation(self.data) == self.generation
        )

    @cached_property
    def segmenter(self) -> DictionarySegmenter:
        """Return what cuts the words of queries, by the dictionary that the index was made with."""
        return DictionarySegmenter(dictionary_file(self.data))

    @cached_property
    def _synonyms(self) -> Synonyms:
        return Synonyms(read_words(words_file(self.data)).synonyms)

    def variants(self, text: str) -> list[Variant]:
        """Return what else the folded `text` could say, by the user's words that mean the same."""
        return self._synonyms.variants(text, self.segmenter) if self._synonyms else []

    # --- matching ------------------------------------------------------------------------------------------

    @cached_property
    def live(self) -> Mask:
        """Return the mask of the documents that are not deleted."""
        return np.concatenate([np.zeros(0, bool), *(segment.live for segment in self._segments)])

    @cached_property
    def all(self) -> Numbers:
        """Return every live document."""
        return np.flatnonzero(self.live)

    def postings(self, field: str, token: str, zones: range | None = None) -> Postings:
        """Return the live documents that hold `token` and its weight in each; of a word, within `zones` if given."""
        term = token.encode("utf-8", "surrogatepass")
        found = ((base, arrays, arrays.terms.find(term)) for base, arrays in self._fields_of(field))
        return self._live(joined(_part(base, arrays, range(n, n + 1), zones) for base, arrays, n in found if n >= 0))

    def count(self, field: str, token: str) -> int:
        """Return how many documents hold `token`, deleted ones included."""
        term = token.encode("utf-8", "surrogatepass")
        found = ((arrays, arrays.terms.find(term)) for _, arrays in self._fields_of(field))
        return sum(arrays.count(number) for arrays, number in found if number >= 0)

    def postings_of(self, ranges: Callable[[SegmentArrays], Iterable[range]], zones: range | None) -> Postings:
        """Return the live documents that hold any of the words numbered `ranges`, as if all of them were one word."""
        parts = (
            _part(base, segment.field("words"), terms, zones)
            for segment, base in self._placed
            for terms in ranges(segment)
        )
        return self._live(united(joined(parts), self.size, MOST_WEIGHT))

    def with_value(self, name: str, value: str) -> Numbers:
        """Return the live documents that have `value` of a facet."""
        return self._numbers_of(lambda segment: _having(segment, name, value))

    def with_value_between(self, name: str, start: str, end: str) -> Numbers:
        """Return the live documents that have a value of a facet from `start` to before `end`."""
        return self._numbers_of(lambda segment: _having_between(segment, name, start, end))

    def held(self, text: str, zones: range | None = None) -> Held:
        """Return which live documents literally hold the folded `text`, within one text of `zones` if given."""
        if len(text) <= 2 and zones is None:
            found = self.postings(CHARACTERS if len(text) == 1 else PAIRS, text)
            return Held(found.numbers, lambda: found.units)
        return self.texts.held(text, zones)

    @cached_property
    def texts(self) -> Texts:
        """Return the texts of the live documents, by the places of their characters."""
        return Texts(self._placed, None if len(self.all) == self.size else self.live)

    def words(self, prefix: str) -> list[str]:
        """Return the words that begin with `prefix`, in order."""
        found: set[bytes] = set()
        for segment in self._segments:
            lexicon = segment.lexicon("words")
            found.update(lexicon[number] for number in lexicon.with_prefix(prefix.encode("utf-8", "surrogatepass")))
        return [term.decode() for term in sorted(found)]

    def words_of(self, ranges: Callable[[SegmentArrays], Iterable[range]], most: int) -> tuple[tuple[str, ...], int]:
        """Return up to `most` of the words numbered `ranges`, the commonest first, and how many there are in all."""
        counts: Counter[bytes] = Counter()
        for segment in self._segments:
            for terms in ranges(segment):
                held = segment.field("words").counts(terms).tolist()
                counts.update(dict(zip(map(segment.lexicon("words").__getitem__, terms), held, strict=True)))
        commonest = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
        return tuple(word.decode() for word, _ in commonest), len(counts)

    def commonest_words(self, within: Callable[[Lexicon], range], most: int, least: int = 1) -> list[str]:
        """Return up to `most` words of a range, the commonest first; posts that are deleted count, too."""
        counts: Counter[bytes] = Counter()
        for segment in self._segments:
            lexicon = segment.lexicon("words")
            terms = within(lexicon)
            held = segment.field("words").counts(terms)
            for place in np.argsort(-held, kind="stable")[:most].tolist():
                counts[lexicon[terms[place]]] += int(held[place])
        found = sorted((-count, term) for term, count in counts.items() if count >= least)
        return [term.decode() for _, term in found[:most]]

    @cached_property
    def latin_words(self) -> list[str]:
        """Return the commonest words in Latin letters that have two characters and posts at least."""
        words = self.commonest_words(lambda lexicon: lexicon.between(*_LATIN), pinyin.MOST, least=2)
        return [word for word in words if len(word) > 1]

    @cached_property
    def han_words(self) -> list[str]:
        """Return the commonest Chinese words that have two characters and posts at least."""
        words = self.commonest_words(lambda lexicon: lexicon.between(*_HAN), pinyin.MOST, least=2)
        return [word for word in words if len(word) > 1]

    @cached_property
    def word_pinyin(self) -> PinyinIndex:
        """Return the commonest Chinese words by their sounds."""
        return PinyinIndex(self.han_words)

    # --- columns -------------------------------------------------------------------------------------------

    @cached_property
    def published(self) -> Numbers:
        """Return the publish times in Unix seconds, NO_TIME where there is none."""
        return self._column("published")

    @cached_property
    def saves(self) -> Numbers:
        """Return how often each document's post was saved."""
        return self._column("saves")

    @cached_property
    def length_norms(self) -> bm25.Scores:
        """Return what BM25 makes of the length of each document, beside the mean of the live ones."""
        lengths = self._column(LENGTH).astype(np.float32)
        # Summed as whole numbers: of fractions the last digit depends on the order, and that on past commits.
        mean = int(self._column(LENGTH)[self.all].sum()) / len(self.all) if len(self.all) else 0.0
        return bm25.length_norms(lengths, mean or 1.0)

    def facet(self, name: str) -> Facet:
        """Return the facet `name`: source, account, site, type, claimed_source, day, hashtag (by key) or spelling."""
        if (found := self._facets.get(name)) is None:
            found = self._facets[name] = Facet.of(name, self._segments)
        return found

    def hashtag_label(self, key: str) -> str | None:
        """Return the archive's commonest spelling of a topic, or None if no post has it."""
        if label := self._labels.get(key):
            return label
        place = self.facet("hashtag").place(key)
        spelling = -1 if place is None else int(self._spellings[place])
        if spelling < 0:
            return None
        label = self._labels[key] = self.facet("spelling").values[spelling].decode()
        return label

    @cached_property
    def hashtag_counts(self) -> Numbers:
        """Return for each value of the facet `hashtag` how many posts have it."""
        return self.facet("hashtag").count(self.all)

    def hashtags_holding(self, text: str) -> Numbers:
        """Return the numbers of the hashtags whose key begins with `text`, or has it where a word may begin."""
        if not text:
            return np.arange(len(self.hashtag_counts))
        # A letter or a digit before a letter or a digit begins no word.
        pattern = re.compile((r"(?<![a-z0-9])" if text[:1].isalnum() and text[0].isascii() else "") + re.escape(text))
        starts = [match.start() for match in pattern.finditer(self._hashtag_keys)]
        return np.unique(np.searchsorted(self._hashtag_starts, np.array(starts, np.int64), "right") - 1)

    @cached_property
    def character_pinyin(self) -> PinyinIndex:
        """Return the Chinese characters of the archive by their sounds."""
        held = (segment.terms("characters") for segment in self._segments)
        characters = {term.decode("utf-8", "surrogatepass") for terms in held for term in terms}
        return PinyinIndex(sorted(character for character in characters if _HAN[0] <= character < _HAN[1]))

    @cached_property
    def commonest_hashtags(self) -> list[str]:
        """Return the keys of the commonest hashtags."""
        places = np.argsort(-self.hashtag_counts, kind="stable")[: pinyin.MOST].tolist()
        return [self.facet("hashtag").values[place].decode() for place in places]

    @cached_property
    def hashtag_pinyin(self) -> PinyinIndex:
        """Return the keys of the commonest hashtags by their sounds."""
        return PinyinIndex(self.commonest_hashtags)

    def id(self, number: int) -> str:
        """Return the id of a document's post."""
        segment, document = self._at(number)
        return segment.id(document)

    def post(self, number: int) -> Post:
        """Return the stored post of a document."""
        segment, document = self._at(number)
        return read_post(segment, document)

    def number_of(self, post_id: str) -> int | None:
        """Return the number of the live document of a post."""
        numbers = self.with_value("id", post_id)
        return int(numbers[0]) if len(numbers) else None

    @cached_property
    def _hashtag_keys(self) -> str:
        return "\n".join(value.decode() for value in self.facet("hashtag").values)

    @cached_property
    def _hashtag_starts(self) -> Numbers:
        lengths = [len(key) + 1 for key in self._hashtag_keys.split("\n")]
        return np.cumsum([0, *lengths[:-1]])

    @cached_property
    def _spellings(self) -> Numbers:
        return commonest_spellings(self.facet("hashtag"), self.facet("spelling"), self.live)

    # --- segments ------------------------------------------------------------------------------------------

    @cached_property
    def _placed(self) -> list[tuple[SegmentArrays, int]]:
        return list(zip(self._segments, self._bases, strict=False))

    def _fields_of(self, name: str) -> list[tuple[int, FieldArrays]]:
        """Return the postings of a field in each segment, with the number of its first document."""
        if (found := self._fields.get(name)) is None:
            found = self._fields[name] = [(base, segment.field(name)) for segment, base in self._placed]
        return found

    def _numbers_of(self, find: Callable[[SegmentArrays], Documents]) -> Numbers:
        parts = [find(segment).astype(np.int64) + base for segment, base in self._placed]
        numbers = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.int64), *parts])
        return numbers if len(self.all) == self.size else numbers[self.live[numbers]]

    def _live(self, postings: Postings) -> Postings:
        return postings if len(self.all) == self.size else postings.where(self.live[postings.numbers])

    def _at(self, number: int) -> tuple[SegmentArrays, int]:
        place = bisect_left(self._bases, number + 1) - 1
        return self._segments[place], number - self._bases[place]

    def _column(self, name: str) -> Numbers:
        return np.concatenate([np.zeros(0, np.int64), *(segment.numbers(name) for segment in self._segments)])


def _part(base: int, field: FieldArrays, terms: range, zones: range | None) -> Part:
    places = field.postings(terms)
    documents, weights = field.documents[places], field.weights[places]
    if zones is None:
        return base, documents, weights
    within = field.zones[places] & _bits(zones) > 0
    return base, documents[within], weights[within]


def _bits(zones: range) -> np.uint8:
    return np.uint8(sum(1 << Zone(zone) for zone in zones))


def _having_between(segment: SegmentArrays, name: str, start: str, end: str) -> Documents:
    field, values = segment.field(name), segment.lexicon(name)
    documents = field.documents[
        field.postings(range(*(bisect_left(values, one.encode("utf-8", "surrogatepass")) for one in (start, end))))
    ]
    mask = np.zeros(segment.size, bool)
    mask[documents] = True
    return np.flatnonzero(mask).astype(documents.dtype)


def _having(segment: SegmentArrays, name: str, value: str) -> Documents:
    number = segment.lexicon(name).find(value.encode("utf-8", "surrogatepass"))
    if number < 0:
        return np.zeros(0, np.uint16)
    field = segment.field(name)
    return field.documents[field.postings(range(number, number + 1))]
