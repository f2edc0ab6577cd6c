"""What everything that ranks counts, the same for every engine."""

from math import log

from searcher.ranking.proximity import whole_nearness

# Words rank; pairs and single characters of Han stand in where word boundaries differ. So much counts one that a single
# post holds. These weights, the powers below, NEARNESS_WEIGHT and BM25's own were chosen by `make relevance` on three
# sets at once, where their neighbours do about as well.
WORD_WEIGHT, PAIR_WEIGHT, CHARACTER_WEIGHT = 1.0, 0.6, 1.2
# By which power of its rarity a token counts. BM25 has 1; a product of vectors has 2, since rarity weighs both the
# query's and the document's (Salton and Buckley 1988). That fits characters and pairs: a rare one says what a text is
# about, a common one is a part of many words or of none (CSL: mean reciprocal rank .979 to .982).
WORD_POWER, GRAM_POWER = 1.15, 2.0
# The parts and stems of a Latin token say less than the token.
FORM_WEIGHT = 0.5
# A post is a hit when it holds this share of the query, counted by rarity: either of two words, two of four,
# but not the "of" alone. Of a long query it need not hold more than one rare word weighs, as a share of the
# logarithm of the archive's size: a stricter minimum loses answers (CMRC's reciprocal rank from .985 to .959).
MINIMUM_SHARE = 0.2
MINIMUM_CAP = 0.5
# Of a long run of Han a single character does, too, if it is as rare as that, and one post in fifty holds it at most:
# such are words by themselves, as the name of an element (CSL: recall at 10 from .9915 to .993).
RARE_CHARACTER = log(50)
# What a post gains by holding the whole query as it was typed, as a share of its score.
WHOLE_LIFT = 2.5
# What the best gain by the stretches of the query that they hold, beside one word that a single post holds: added, not
# multiplied, since a stretch says as much whatever else a post holds (topics as queries: .892 to .901). At the most it
# is this share of what else a post scores: a long Latin name is no more than a few words.
NEARNESS_WEIGHT = 0.21
NEARNESS_MOST = 1.5
LIFTED = 20
# What a word counts that stands for one in the query: a little less, since the user typed the other.
SYNONYM_WEIGHT = 0.7

# Of a text that was pasted, the words, pairs and characters that tell most rank it, and the rarest pairs decide what is
# a hit: more take their time and change little.
MOST_TERMS, LEAST_TERMS = 300, 16
MOST_CLUES = 100
# Where a query has more texts than this, each to be found or not, nothing rises by what it holds of one of them.
MOST_LIFTED_TEXTS = 10


def rarest(posts: int) -> float:
    """Return the rarity of what a single one of `posts` holds; an archive without any counts as one of one."""
    return log(1 + (max(1, posts) - 0.5) / 1.5)


def worth_of_whole(factors: float, highest: float, text: str) -> float:
    """Return what a post of mean length scores that says all of a text once, whose tokens count `factors` together."""
    return (1 + WHOLE_LIFT) * factors + NEARNESS_WEIGHT * highest * whole_nearness(text)


def steepened(rarity: float, highest: float, kind: str) -> float:
    """Return what a token of a kind counts by its rarity, beside the highest, which a single post has to itself."""
    power = GRAM_POWER if kind in ("pair", "character") else WORD_POWER
    return float(highest * (rarity / highest) ** power)
