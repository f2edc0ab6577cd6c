"""How an archive writes its hashtags."""

from collections.abc import Iterable

from index.archive.hashtags import hashtag_key
from index.opensearch.client import Cluster
from index.opensearch.documents import SPELLED
from searcher.opensearch.statistics import State

# Spellings of so many topics as one request asks for.
_MOST = 1_000_000


class HashtagLabels:
    """Gives the commonest spelling of hashtags in one state of an index."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self._state = state

    def of(self, hashtags: Iterable[str]) -> tuple[str, ...]:
        """Return the commonest spelling of each topic of which `hashtags` are spellings, one a topic."""
        spellings = list(hashtags)
        labels = self.of_keys([hashtag_key(spelling) for spelling in spellings])
        return tuple(dict.fromkeys(label or spelling for label, spelling in zip(labels, spellings, strict=True)))

    def of_keys(self, keys: list[str]) -> list[str]:
        """Return the commonest spelling of each key, an empty string where no post has it."""
        known = self._state.labels
        if unknown := [key for key in dict.fromkeys(keys) if key not in known]:
            known.update(dict.fromkeys(unknown, ""))
            known.update(self._read(unknown))
        return [known[key] for key in keys]

    def _read(self, keys: list[str]) -> dict[str, str]:
        spelled = {"bool": {"filter": [{"terms": {"hashtag": keys}}]}}
        counted = {"terms": {"field": "topic", "size": _MOST, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
        answer = self._cluster.search(
            self._state.index.posts, {"query": spelled, "size": 0, "aggs": {"topic": counted}}
        )
        wanted = set(keys)
        labels: dict[str, str] = {}
        for bucket in answer["aggregations"]["topic"]["buckets"]:
            key, spelling = bucket["key"].split(SPELLED, 1)
            if key in wanted:
                labels.setdefault(key, spelling)
        return labels
