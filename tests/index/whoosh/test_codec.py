"""Stock Whoosh over our segments: its queries find and score what a reading of every document says."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from math import log
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from whoosh import query, scoring
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.reading import IndexReader, TermNotFound
from whoosh.searching import Searcher

from index.schema.document import Document
from index.schema.stored_post import decode_post
from index.schema.zones import Zone
from index.segments.arrays import StoredPosts, open_segment
from index.whoosh.schema import NUMBER_FIELDS, TEXT_ZONES, make_schema, number_value, stored_fields
from tests.index.segments.made import SOURCES, TOPICS, WORDS, Reading, make, open_writer, records, said, text

# Documents of each commit, the share of them that the last commit deletes, and the segments that are left.
PLANS = {
    "one segment": ([30], 0.0, 1),
    "one segment with deletions": ([30], 0.3, 1),
    "many segments": ([40, 9, 6, 2, 1], 0.0, 5),
    "many segments with deletions": ([40, 9, 6, 4, 3], 0.3, 5),
    "after merges": ([3, 20, 1, 1, 2, 4, 1, 1, 1, 5], 0.4, 6),
    "no documents": ([], 0.0, 0),
}
UNDELETED = ["one segment", "many segments", "no documents"]
FIELDS = {"words": WORDS, "characters": ["a", "国", "𠀀", " ", "ab"], "hashtag": TOPICS}
FIELDS |= {"pairs": ["ab", "中国", "国人", "b ", " 中", "人\n", "a"]}
FIELDS |= dict.fromkeys(TEXT_ZONES, WORDS)
FIELDS |= {"source": SOURCES, "account": ["x", "y"], "id": ["1", "2", "30", "31"]}


class Made:
    """Is an index as stock Whoosh opens it, what its segments' documents say, and those of them that live.

    `stock` searches the same segments as Whoosh's own codec writes them.
    """

    def __init__(self, searcher: Searcher, segments: list[list[Reading]], live: list[Reading]) -> None:
        self.searcher = searcher
        self.held = [document for segment in segments for document in segment]
        self.live = live
        self.stock = stock_searcher(segments, live)

    @property
    def reader(self) -> IndexReader:
        return self.searcher.reader()


@pytest.fixture(scope="module", params=PLANS.values(), ids=PLANS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("whoosh")
    sizes, deleted_share, segment_count = request.param
    added, deleted = build(folder, sizes, deleted_share)
    by_post = {document.blobs["post"]: with_views(said(document)) for document in added}
    segments = [
        [by_post[bytes(arrays.blob("post", number))] for number in range(arrays.size)]
        for arrays in (open_segment(folder, record) for record in records(folder))
    ]
    live = [document for segment in segments for document in segment if not deleted & document["id"].keys()]
    assert len(live) == len(added) - len(deleted)
    assert len(segments) == segment_count
    with FileStorage(str(folder)).open_index("MAIN").searcher() as searcher:
        yield Made(searcher, segments, live)


def with_views(document: Reading) -> Reading:
    """Return what the index must say of a document, with the fields that are zones of its words."""
    zones = document["zones"].items()
    views = {name: {word: 10 for word, held in zones if held & {*among}} for name, among in TEXT_ZONES.items()}
    return {**document, **views}


def build(folder: Path, sizes: list[int], deleted_share: float) -> tuple[list[Document], set[str]]:
    """Write an index of commits of the given sizes; return all that was added, and the ids of what was deleted."""
    chance = random.Random(repr((sizes, deleted_share)))
    added: list[Document] = []
    for size in sizes or [0]:
        writer = open_writer(folder)
        for _ in range(size):
            added.append(random_document(chance, str(len(added))))
            writer.add(added[-1])
        writer.prepare()
        writer.commit()
    deleted = {str(number) for number in chance.sample(range(len(added)), int(len(added) * deleted_share))}
    if deleted:
        writer = open_writer(folder)
        posts = StoredPosts(folder, records(folder))
        for key in sorted(deleted):
            place = posts.find(key)
            assert place
            writer.delete(*place)
        writer.prepare()
        writer.commit()
    return added, deleted


def stock_searcher(segments: list[list[Reading]], live: list[Reading]) -> Searcher:
    """Return a searcher over the same segments and deletions in the files of Whoosh's own codec."""
    index = RamStorage().create_index(make_schema())
    for segment in segments:
        writer = index.writer()
        for document in segment:
            fields = {field: list(document[field]) for field in FIELDS if document[field]}
            writer.add_document(**{**fields, "id": next(iter(document["id"]))})
        writer.commit(merge=False)
    live_ids = {key for document in live for key in document["id"]}
    writer = index.writer()
    for key in (key for segment in segments for document in segment for key in document["id"]):
        if key not in live_ids:
            writer.delete_by_term("id", key)
    writer.commit(merge=False)
    return index.searcher()


def random_document(chance: random.Random, name: str) -> Document:
    texts = [
        text(
            " ".join(chance.choices(WORDS, k=chance.randint(0, 3)) * chance.choice([1, 1, 2, 15])),
            "".join(chance.choices("中国人a b𠀀", k=chance.randint(0, 5))),
            chance.choice(list(Zone)),
        )
        for _ in range(chance.randint(0, 3))
    ]
    topics = chance.sample(TOPICS, chance.randint(0, 3))
    source, account = chance.choice(["", *SOURCES]), chance.choice(["", "x", "y"])
    published = int(name) % 3 * 1_000_000_000
    return make(name, *texts, topics=topics, source=source, account=account, published=published)


def weight_of(document: Reading, field: str, term: str) -> float:
    return float(document[field][term] / 10)


# --- queries --------------------------------------------------------------------------------------------------


def holds(document: Reading, asked: query.Query) -> bool:
    """Tell whether a document matches a query, by the meaning of the query."""
    match asked:
        case query.Not():
            return not holds(document, asked.query)
        case query.AndNot():
            return holds(document, asked.a) and not holds(document, asked.b)
        case query.And():
            return all(holds(document, child) for child in asked.subqueries)
        case query.Or():
            return any(holds(document, child) for child in asked.subqueries)
        case query.Every():
            return asked.fieldname is None or bool(document[asked.fieldname])
        case _:
            return any(is_asked_for(term, asked) for term in document[asked.fieldname])


def is_asked_for(term: str, asked: query.Query) -> bool:
    match asked:
        case query.FuzzyTerm():
            near = Levenshtein.distance(term, asked.text) <= asked.maxdist
            return near and term.startswith(asked.text[: asked.prefixlength])
        case query.Prefix():
            return term.startswith(asked.text)
        case query.Wildcard():
            return fnmatchcase(term, asked.text)
        case query.TermRange():
            above = asked.start is None or term > asked.start or (term == asked.start and not asked.startexcl)
            below = asked.end is None or term < asked.end or (term == asked.end and not asked.endexcl)
            return above and below
        case query.Term():
            return term == asked.text
    raise AssertionError(asked)


def some(kind: Callable[..., query.Query], texts: st.SearchStrategy[str]) -> st.SearchStrategy[query.Query]:
    return st.builds(kind, st.sampled_from(list(FIELDS)), texts)


short = st.text("ab中国人𠀀", max_size=3)
known = st.sampled_from(list(FIELDS)).flatmap(
    lambda field: st.builds(query.Term, st.just(field), st.sampled_from(FIELDS[field]))
)
ends = st.none() | st.text("ab中𠀀", min_size=1, max_size=2)
leaves = st.one_of(
    known,
    some(query.Term, short.filter(bool)),
    some(query.Prefix, short),
    some(query.Wildcard, st.text("ab中国𠀀*?", min_size=1, max_size=4)),
    st.builds(
        query.FuzzyTerm,
        st.sampled_from(list(FIELDS)),
        short.filter(bool),
        maxdist=st.integers(1, 2),
        prefixlength=st.integers(0, 1),
    ),
    st.builds(query.TermRange, st.sampled_from(list(FIELDS)), ends, ends, st.booleans(), st.booleans()),
    st.just(query.Every()),
    st.sampled_from(list(FIELDS)).map(query.Every),
)
positive = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(query.And), st.lists(inner, min_size=1, max_size=3).map(query.Or)
    ),
    max_leaves=6,
)
negative = st.one_of(
    positive.map(query.Not),
    st.builds(query.AndNot, positive, positive),
    st.builds(lambda wanted, unwanted: query.And([wanted, query.Not(unwanted)]), positive, positive),
    st.builds(lambda wanted, unwanted: query.Or([wanted, query.Not(unwanted)]), positive, positive),
)


def id_of(document: Reading) -> str:
    (key,) = document["id"]
    return str(key)


def found(searcher: Searcher, asked: query.Query) -> list[str]:
    return sorted(hit["id"] for hit in searcher.search(asked, limit=None))


def expected(documents: list[Reading], asked: query.Query) -> list[str]:
    return sorted(id_of(document) for document in documents if holds(document, asked))


@settings(deadline=None, max_examples=100)
@given(asked=leaves)
def test_a_simple_query_finds_what_it_means(made: Made, asked: query.Query) -> None:
    assert found(made.searcher, asked) == expected(made.live, asked)


@pytest.mark.thorough
@settings(deadline=None, max_examples=100)
@given(asked=positive)
def test_and_and_or_find_what_they_mean(made: Made, asked: query.Query) -> None:
    assert found(made.searcher, asked) == expected(made.live, asked)


@pytest.mark.thorough
@settings(deadline=None, max_examples=100)
@given(asked=negative)
def test_not_finds_what_it_finds_in_stock_files(made: Made, asked: query.Query) -> None:
    # Which is not always what it means: Whoosh's AndNot lets a hit through now and then, and its Not a deleted one.
    assert found(made.searcher, asked) == found(made.stock, asked)


@pytest.mark.parametrize("made", [PLANS[name] for name in UNDELETED], ids=UNDELETED, indirect=True)
@settings(deadline=None, max_examples=60)
@given(asked=positive)
def test_not_finds_the_rest_where_nothing_is_deleted(made: Made, asked: query.Query) -> None:
    assert found(made.searcher, query.Not(asked)) == expected(made.held, query.Not(asked))


@pytest.mark.thorough
@settings(deadline=None, max_examples=60)
@given(wanted=positive, unwanted=positive)
def test_and_not_misses_nothing_and_finds_none_but_the_wanted(
    made: Made, wanted: query.Query, unwanted: query.Query
) -> None:
    asked = query.AndNot(wanted, unwanted)
    hits = set(found(made.searcher, asked))
    assert set(expected(made.live, asked)) <= hits <= set(expected(made.live, wanted))


@settings(deadline=None, max_examples=60)
@given(asked=leaves)
def test_the_top_hits_are_the_first_of_all_hits(made: Made, asked: query.Query) -> None:
    ranked = [(hit.docnum, hit.score) for hit in made.searcher.search(asked, limit=None)]
    top = made.searcher.search(asked, limit=3)
    assert [(hit.docnum, hit.score) for hit in top] == ranked[:3]


# --- scores ---------------------------------------------------------------------------------------------------


def rarity(made: Made, holders: int) -> float:
    return log(len(made.held) / (holders + 1)) + 1


def frequency(_made: Made, weight: float, _document: Reading, _holders: int) -> float:
    return weight


def tf_idf(made: Made, weight: float, _document: Reading, holders: int) -> float:
    return weight * rarity(made, holders)


def bm25(made: Made, weight: float, document: Reading, holders: int) -> float:
    mean = sum(document["numbers"]["length"] for document in made.held) / len(made.held)
    norm = 0.25 + 0.75 * document["numbers"]["length"] / mean
    return rarity(made, holders) * weight * 2.2 / (weight + 1.2 * norm)


SCORES = {
    "frequency": (scoring.Frequency(), frequency),
    "tf-idf": (scoring.TF_IDF(), tf_idf),
    "bm25": (scoring.BM25F(), bm25),
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("weighting", "score"), SCORES.values(), ids=SCORES)
def test_a_word_scores_by_its_weights(
    made: Made, weighting: scoring.WeightingModel, score: Callable[..., float], word: str
) -> None:
    holders = sum(word in document["words"] for document in made.held)
    searcher = Searcher(made.reader, weighting=weighting)
    hits = {hit["id"]: hit.score for hit in searcher.search(query.Term("words", word), limit=None)}
    assert hits == {
        id_of(document): pytest.approx(score(made, weight_of(document, "words", word), document, holders), rel=1e-5)
        for document in made.live
        if word in document["words"]
    }


@pytest.mark.parametrize("kind", [query.And, query.Or])
def test_scores_of_several_words_add_up(made: Made, kind: type[query.Query]) -> None:
    words = WORDS[:4]
    searcher = Searcher(made.reader, weighting=scoring.Frequency())
    asked = kind([query.Term("words", word) for word in words])
    hits = {hit["id"]: hit.score for hit in searcher.search(asked, limit=None)}
    assert hits == {
        id_of(document): pytest.approx(
            sum(weight_of(document, "words", word) for word in words if word in document["words"]), rel=1e-5
        )
        for document in made.live
        if holds(document, asked)
    }


# --- the reader -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
def test_the_lexicon_is_that_of_all_documents_held(made: Made, field: str) -> None:
    terms = sorted({term.encode() for document in made.held for term in document[field]})
    assert list(made.reader.lexicon(field)) == terms
    assert list(made.reader.field_terms(field)) == [term.decode() for term in terms]


def test_all_terms_are_those_of_the_fields_of_the_schema(made: Made) -> None:
    fields = made.searcher.schema.names()
    terms = {
        (field, term.encode())
        for document in made.held
        for field in fields
        if field in document
        for term in document[field]
    }
    for name, field in NUMBER_FIELDS.items():
        terms |= {(name, field.to_bytes(number_value(name, document["numbers"][name]))) for document in made.held}
    assert list(made.reader.all_terms()) == sorted(terms)
    assert [term for term, _ in made.reader] == sorted(terms)


@pytest.mark.parametrize("field", FIELDS)
def test_frequencies_count_all_documents_held(made: Made, field: str) -> None:
    documents: Counter[str] = Counter()
    weights: dict[str, float] = {}
    for document in made.held:
        for term in document[field]:
            documents[term] += 1
            weights[term] = weights.get(term, 0) + weight_of(document, field, term)
    for term in documents:
        assert (field, term) in made.reader
        assert made.reader.doc_frequency(field, term) == documents[term]
        assert made.reader.frequency(field, term) == pytest.approx(weights[term], rel=1e-5)


@pytest.mark.parametrize("word", WORDS)
def test_what_is_known_of_a_word_is_true(made: Made, word: str) -> None:
    holders = {number: document for number, document in enumerate(made.held) if word in document["words"]}
    if not holders:
        with pytest.raises(TermNotFound):
            made.reader.term_info("words", word)
        return
    info = made.reader.term_info("words", word)
    weights = [weight_of(document, "words", word) for document in holders.values()]
    lengths = [document["numbers"]["length"] for document in holders.values()]
    assert (info.min_id(), info.max_id()) == (min(holders), max(holders))
    assert (info.min_length(), info.max_length()) == (min(lengths), max(lengths))
    assert info.max_weight() == pytest.approx(max(weights), rel=1e-6)
    assert info.weight() == pytest.approx(sum(weights), rel=1e-5)


@pytest.mark.parametrize("field", ["words", "hashtag"])
def test_an_unknown_term_is_nowhere(made: Made, field: str) -> None:
    assert (field, "unknown") not in made.reader
    assert made.reader.doc_frequency(field, "unknown") == 0
    assert made.reader.frequency(field, "unknown") == 0
    with pytest.raises(TermNotFound):
        made.reader.term_info(field, "unknown")
    with pytest.raises(TermNotFound):
        made.reader.postings(field, "unknown")


@settings(deadline=None, max_examples=60)
@given(
    field=st.sampled_from(list(FIELDS)),
    text=st.text("ab中国人𠀀", min_size=1, max_size=3),
    most=st.integers(1, 2),
    prefix=st.integers(0, 1),
)
def test_terms_within_a_distance_are_found(made: Made, field: str, text: str, most: int, prefix: int) -> None:
    for reader, first in made.reader.leaf_readers():
        held = made.held[first : first + reader.doc_count_all()]
        near = {
            term
            for document in held
            for term in document[field]
            if Levenshtein.distance(term, text) <= most and term.startswith(text[:prefix])
        }
        assert sorted(reader.terms_within(field, text, most, prefix)) == sorted(near)


@pytest.mark.parametrize("prefix", ["", "a", "ab", "中", "中国", "𠀀", "z"])
def test_a_prefix_expands_to_the_words_that_begin_with_it(made: Made, prefix: str) -> None:
    words = {word.encode() for document in made.held for word in document["words"] if word.startswith(prefix)}
    assert list(made.reader.expand_prefix("words", prefix)) == sorted(words)


def test_stored_fields_are_those_of_live_documents(made: Made) -> None:
    stored = {id_of(document): stored_fields(decode_post(document["blobs"]["post"])) for document in made.held}
    assert list(made.reader.all_stored_fields()) == [stored[id_of(document)] for document in made.live]
    assert [made.reader.stored_fields(number) for number in range(len(made.held))] == [
        stored[id_of(document)] for document in made.held
    ]


def test_documents_are_counted(made: Made) -> None:
    assert made.reader.doc_count_all() == len(made.held)
    assert made.reader.doc_count() == len(made.live)
    assert made.reader.has_deletions() == (len(made.held) > len(made.live))
    live = {id_of(document) for document in made.live}
    assert [made.reader.is_deleted(number) for number in range(len(made.held))] == [
        id_of(document) not in live for document in made.held
    ]


def test_lengths_of_words_are_known(made: Made) -> None:
    lengths = [document["numbers"]["length"] for document in made.held]
    assert [made.reader.doc_field_length(number, "words") for number in range(len(lengths))] == lengths
    assert made.reader.field_length("words") == sum(lengths)
    assert made.reader.max_field_length("words") == max(lengths, default=0)
    assert made.reader.min_field_length("words") == min(lengths, default=0)


@pytest.mark.parametrize("field", FIELDS)
def test_postings_can_be_skipped_and_copied(made: Made, field: str) -> None:
    for reader, first in made.reader.leaf_readers():
        held = made.held[first : first + reader.doc_count_all()]
        for term in sorted({term for document in held for term in document[field]}):
            numbers = [
                number
                for number, document in enumerate(held)
                if term in document[field] and not reader.is_deleted(number)
            ]
            assert list(reader.postings(field, term).all_ids()) == numbers
            for target in range(len(held) + 1):
                matcher = reader.postings(field, term)
                if not matcher.is_active():
                    assert numbers == []
                    continue
                copy = matcher.copy()
                matcher.skip_to(target)
                left = [number for number in numbers if number >= target]
                assert (matcher.id() if matcher.is_active() else None) == (left[0] if left else None)
                assert copy.id() == numbers[0]
                if matcher.is_active():
                    assert list(matcher.copy().all_ids()) == left
