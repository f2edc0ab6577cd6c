"""Words of a snapshot that are one or two edits away from another."""

from searcher.embedded.snapshot import Snapshot
from searcher.query.tree import max_edits


def similar_words(snapshot: Snapshot, text: str) -> list[str]:
    """Return the words one edit away from the folded `text`, or two if it is long, that share its first character."""
    # Imported on demand: few queries ask for it.
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    words = snapshot.words.with_prefix(text[:1])
    near = process.extract(text, words, scorer=Levenshtein.distance, score_cutoff=max_edits(text), limit=None)
    return [word for word, _, _ in near]
