"""Ranking parameters: every weight that both engines rank by, with its formula and its measured effect.

Term score, BM25 (Robertson and Zaragoza 2009), for a term that `n` of `N` posts hold:

    idf     = log(1 + (N - n + 0.5) / (n + 0.5))
    max_idf = log(1 + (N - 0.5) / 1.5)                            the idf of a term that one post holds
    weight  = boost * max_idf * (idf / max_idf) ** p              p by the kind of the term
    norm    = k1 * (1 - b + b * length / mean_length)
    score   = weight * (k1 + 1) * tf / (tf + norm)                tf counts occurrences, weighted by zone

Text score:

    base    = sum of the scores of its terms
    phrase  = base * (1 + PHRASE_BOOST) if the post holds the text as it was typed, otherwise base
    rescore = phrase + min(PROXIMITY_WEIGHT * max_idf * proximity, MAX_PROXIMITY_SHARE * phrase)
              for the RESCORE_WINDOW best posts; `searcher.ranking.proximity` defines proximity

A post matches a text if it holds the text whole, or required terms whose idf adds up to min_should_match:

    min_should_match = min(MIN_SHOULD_MATCH_SHARE * sum of the idf of required terms, MIN_SHOULD_MATCH_CAP * log(2 + N))

`index.schema.zones` defines k1, b and the weights of the zones: a cluster stores what they make of a post.
`make relevance` measured the effects on the Chinese sets CSL (topics as queries) and CMRC (questions), and on one more.
"""

from enum import StrEnum
from functools import lru_cache
from math import log

from searcher.ranking.proximity import full_proximity


class TermKind(StrEnum):
    """The kind of a scored term, as explanations name it.

    A PHRASE is a literal text scored as one word, an EXPANSION all words that a prefix or a pattern stands for.
    """

    WORD = "word"
    PAIR = "pair"
    CHARACTER = "character"
    PHRASE = "text"
    EXPANSION = "words"
    HASHTAG = "hashtag"


# Boosts of terms. Words rank; pairs and single characters of Han stand in where word boundaries differ. These boosts,
# the powers below, PROXIMITY_WEIGHT, k1 and b were chosen on three sets at once; their neighbours do about as well.
WORD_BOOST, PAIR_BOOST, CHARACTER_BOOST = 1.0, 0.6, 1.2
# The parts and stems of a Latin word say less than the word.
WORD_FORM_BOOST = 0.5
# Powers of idf. BM25 has 1; a product of vectors has 2, since idf weighs both the query's and the document's (Salton
# and Buckley 1988). That fits characters and pairs: a rare one says what a text is about, a common one is a part of
# many words or of none (CSL: mean reciprocal rank .979 to .982).
IDF_POWER, GRAM_IDF_POWER = 1.15, 2.0
_IDF_POWERS = {TermKind.PAIR: GRAM_IDF_POWER, TermKind.CHARACTER: GRAM_IDF_POWER}

# A share of the summed idf: either of two words matches, two of four, but not the "of" alone.
MIN_SHOULD_MATCH_SHARE = 0.2
# A share of log(2 + N): a long query asks for no more than one rare word (a stricter bound loses answers: CMRC's
# reciprocal rank from .985 to .959).
MIN_SHOULD_MATCH_CAP = 0.5
# An idf. A single character of a long run of Han is a required term, too, if one post in fifty holds it at most: such
# are words by themselves, as the name of an element (CSL: recall at 10 from .9915 to .993).
RARE_CHARACTER_IDF = log(50)

# A share of the score.
PHRASE_BOOST = 2.5
# A share of max_idf. Proximity is added, not multiplied: a substring says as much whatever else a post holds (topics as
# queries: .892 to .901).
PROXIMITY_WEIGHT = 0.21
# A share of the score: a long Latin name counts no more than a few words.
MAX_PROXIMITY_SHARE = 1.5
# Posts.
RESCORE_WINDOW = 20
# A share of the score: the user typed the other word.
SYNONYM_BOOST = 0.7

# Terms that score a pasted text, and required terms of it: more take their time and change little. MAX_TERMS is shared
# by the texts of a query, each of which has MIN_TERMS at least.
MAX_TERMS, MIN_TERMS = 300, 16
MAX_REQUIRED_TERMS = 100
# Texts. A query of more is not rescored.
MAX_RESCORED_TEXTS = 10


def idf(posts: int, total: int) -> float:
    """Return the inverse document frequency of a term that `posts` of `total` posts hold; it stays above zero."""
    return log(1 + (total - posts + 0.5) / (posts + 0.5))


@lru_cache(1)
def max_idf(total: int) -> float:
    """Return the idf of a term that one of `total` posts holds; an archive without posts counts as one of one."""
    return log(1 + (max(1, total) - 0.5) / 1.5)


def idf_weight(kind: TermKind, posts: int, total: int) -> float:
    """Return `max_idf * (idf / max_idf) ** p` of a term of `kind`."""
    highest = max_idf(total)
    return float(highest * (idf(posts, total) / highest) ** _IDF_POWERS.get(kind, IDF_POWER))


def full_score(weights: float, text: str, total: int) -> float:
    """Return the score of a post of mean length that holds a text once, whose terms have `weights` together."""
    return (1 + PHRASE_BOOST) * weights + PROXIMITY_WEIGHT * max_idf(total) * full_proximity(text)


def proximity_score(proximity: float, score: float, total: int, boost: float = 1.0) -> float:
    """Return the part that `proximity` adds to a `score`, both of a text of this `boost`."""
    return min(boost * PROXIMITY_WEIGHT * max_idf(total) * proximity, MAX_PROXIMITY_SHARE * score)
