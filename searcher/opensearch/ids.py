"""Posts by the beginning of their id."""

from index.archive.post import Post
from index.opensearch.client import Cluster
from index.opensearch.documents import stored_post
from searcher.opensearch.statistics import State


def newest_with_id(cluster: Cluster, state: State, beginning: str, limit: int) -> tuple[Post, ...]:
    """Return the `limit` newest posts whose id begins so, and the first and the last by id.

    With these two the ids returned share no longer beginning than all of them.
    """
    begun = {"query": {"prefix": {"id": beginning.encode("utf-8", "replace").decode()}}, "_source": ["post"]}
    newest = [{"published": {"order": "desc", "missing": "_last"}}, "id"]
    asked = [{**begun, "size": limit, "sort": newest}]
    asked += [{**begun, "size": 1, "sort": [{"id": order}]} for order in ("asc", "desc")]
    answers = cluster.searches([(state.index.posts, body) for body in asked])
    first, *ends = ([stored_post(hit["_source"]) for hit in answer["hits"]["hits"]] for answer in answers)
    return tuple({post.id: post for post in (*first, *ends[0], *ends[1])}.values())
