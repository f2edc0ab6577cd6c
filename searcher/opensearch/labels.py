"""The labels of hashtags: how an archive writes them."""

from index.opensearch.client import Cluster
from index.opensearch.documents import SPELLED
from searcher.opensearch.statistics import State

# Most spellings in one answer.
_MAX_SPELLINGS = 1_000_000


def hashtag_labels(cluster: Cluster, state: State, keys: list[str]) -> list[str]:
    """Return the commonest spelling of each key, an empty string where no post has it; `state` remembers them."""
    if unknown := [key for key in dict.fromkeys(keys) if key not in state.labels]:
        state.labels.update(dict.fromkeys(unknown, ""))
        state.labels.update(_read(cluster, state, unknown))
    return [state.labels[key] for key in keys]


def _read(cluster: Cluster, state: State, keys: list[str]) -> dict[str, str]:
    with_keys = {"bool": {"filter": [{"terms": {"hashtag": keys}}]}}
    counted = {"terms": {"field": "topic", "size": _MAX_SPELLINGS, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
    answer = cluster.search(state.index.posts, {"query": with_keys, "size": 0, "aggs": {"topic": counted}})
    wanted = set(keys)
    labels: dict[str, str] = {}
    for bucket in answer["aggregations"]["topic"]["buckets"]:
        key, spelling = bucket["key"].split(SPELLED, 1)
        if key in wanted:
            labels.setdefault(key, spelling)
    return labels
