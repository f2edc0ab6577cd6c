"""Index statistics: the counts that a ranking plan is made from."""

from typing import Protocol

from index.text.segmenter import Segmenter
from index.text.tokenizer import QueryWord
from searcher.query.tree import Expansion, Scope
from searcher.ranking.parameters import TermKind
from searcher.ranking.plan import TextQuery
from searcher.ranking.synonyms import Synonyms


class IndexStatistics(Protocol):
    """Counts of the posts of one index, and the words that its user taught it."""

    @property
    def post_count(self) -> int:
        """Return the number of posts."""

    @property
    def segmenter(self) -> Segmenter:
        """Return the segmenter that cut the texts of the index."""

    @property
    def synonyms(self) -> Synonyms:
        """Return the user's words that mean the same."""

    def token_count(self, kind: TermKind, token: str, scope: Scope = Scope.ANYWHERE) -> int:
        """Return how many posts hold a word, pair, character or hashtag; only words are counted within a scope."""

    def token_estimate(self, kind: TermKind, token: str) -> int:
        """Return about how many posts hold a token: posts that were deleted may count."""

    def word_count(self, word: QueryWord, scope: Scope) -> int:
        """Return how many posts hold any alternative of a Latin word."""

    def phrase_count(self, text: str, scope: Scope) -> int:
        """Return how many posts literally hold the folded `text`."""

    def expansion_count(self, node: Expansion) -> int:
        """Return how many posts hold any word that `node` stands for."""

    def is_phrase(self, query: TextQuery) -> bool:
        """Return whether every post that matches `query` holds its text whole, if that is known at no cost."""
