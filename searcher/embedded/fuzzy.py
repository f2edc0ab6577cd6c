"""Words of a snapshot that are one or two edits away from another."""

from searcher.embedded.snapshot import Snapshot


def similar_words(snapshot: Snapshot, text: str) -> list[str]:
    """Return the words one edit away from the folded `text`, or two if it is long, that share its first character."""
    # Imported on demand: few queries ask for it.
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    distance = 1 if len(text) < 6 else 2
    near = process.extract(
        text, snapshot.words.with_prefix(text[:1]), scorer=Levenshtein.distance, score_cutoff=distance, limit=None
    )
    return [token for token, _, _ in near]
