"""Requests to a cluster: each is repeated while it may succeed, and ends in a full answer or an error."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Self, TypeVar

from index.errors import ClusterError, LocationError
from index.opensearch.address import PASSWORD, USER, ClusterLocation

# The oldest release that has the queries used here.
OLDEST = (2, 19)
NEWEST_MAJOR = 3
# While a node is lost, others take over its shards within seconds.
SEARCH_PATIENCE = 15.0
WRITE_PATIENCE = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_TIMEOUT = 30
# Hits read at a time.
_BATCH = 5_000
# Statuses of failures that pass: too many requests at once, and missing nodes or shards.
PASSING = frozenset({429, 500, 502, 503, 504})

# A search answers from every shard or fails, and gives the score of each named part of the query.
_WHOLE = {"allow_partial_search_results": "false", "include_named_queries_score": "true"}

Json = dict[str, Any]
T = TypeVar("T")


class Cluster:
    """A client of the cluster at `location`, of any of its nodes; threads may share it."""

    def __init__(self, location: ClusterLocation) -> None:
        self.location = location
        opensearch = _library()
        self._errors = opensearch.exceptions
        self._client = opensearch.OpenSearch(
            location.urls,
            http_auth=(location.user, location.password) if location.user else None,
            http_compress=True,
            timeout=_TIMEOUT,
            # The library tries each node once; `_ask` decides about more.
            max_retries=len(location.hosts),
            retry_on_timeout=True,
            retry_on_status=(),
            pool_maxsize=16,
        )
        self._check_version()

    def search(self, index: str, body: Json) -> Json:
        """Return the answer of every shard; raise ClusterError if one has none, MissingError if there is no index."""
        return self._whole(lambda: [self._client.search(index=index, body=body, params=_WHOLE)])[0]

    def searches(self, asked: Sequence[tuple[str, Json]]) -> list[Json]:
        """Return the answers to several searches, each of an index, asked at once."""
        lines = [
            line for index, body in asked for line in ({"index": index, "allow_partial_search_results": False}, body)
        ]
        return self._whole(lambda: self._client.msearch(body=lines)["responses"])

    def get(self, index: str, document: str, fields: str) -> Json | None:
        """Return a document as it is now, or None."""
        return self._known(lambda: self._client.get(index=index, id=document, params={"_source": fields}))

    def get_many(self, index: str, documents: Sequence[str]) -> list[Json]:
        """Return the present state of each document; raise ClusterError if one can't be read."""

        def ask() -> list[Json]:
            found: list[Json] = self._client.mget(index=index, body={"ids": list(documents)})["docs"]
            # The request does not fail if a shard is missing.
            if unanswered := next((document for document in found if "error" in document), None):
                raise self._errors.TransportError(503, _reason(unanswered), unanswered)
            return found

        return self._ask(ask, WRITE_PATIENCE)

    def bulk(self, index: str, lines: Iterable[Json | bytes]) -> list[Json]:
        """Return the result of each operation."""
        body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        items: list[Json] = self._ask(lambda: self._client.bulk(index=index, body=body), WRITE_PATIENCE)["items"]
        return [next(iter(item.values())) for item in items]

    @contextmanager
    def point_in_time(self, index: str) -> Iterator[Callable[[Json], list[Json]]]:
        """Give a function that searches `index` as it is now and returns hits, until a minute after its last use."""
        made = self._ask(lambda: self._client.create_pit(index=index, params={"keep_alive": "1m"}), SEARCH_PATIENCE)
        point = {"pit": {"id": str(made["pit_id"]), "keep_alive": "1m"}}

        def hits(body: Json) -> list[Json]:
            answer = self._whole(lambda: [self._client.search(body=body | point, params=_WHOLE)])[0]
            return list(answer["hits"]["hits"])

        try:
            yield hits
        finally:
            self._ask(lambda: self._client.delete_pit(body={"pit_id": [made["pit_id"]]}), SEARCH_PATIENCE)

    def iter_hits(self, index: str, body: Json) -> Iterator[Json]:
        """Yield all hits of a search, from one point in time."""
        body = {**body, "size": _BATCH, "sort": ["_doc"], "track_total_hits": False}
        with self.point_in_time(index) as search:
            while hits := search(body):
                yield from hits
                body["search_after"] = hits[-1]["sort"]

    def settings_and_mappings(self, index: str) -> Json | None:
        """Return settings and mapping by name of each index that `index` names or matches, None if it names none."""
        return self._known(lambda: self._client.indices.get(index=index))

    def create(self, index: str, body: Json, replicas: int) -> bool:
        """Make an index, and return whether it wasn't there before.

        Waits some seconds for the `replicas` that there are nodes for, so that the next writes outlive a node.
        """
        nodes = self._ask(self._client.cluster.health, SEARCH_PATIENCE)["number_of_data_nodes"]
        # The library takes `timeout` for its own unless `request_timeout` is given.
        waiting = {
            "wait_for_active_shards": min(replicas + 1, nodes),
            "timeout": f"{_TIMEOUT // 2}s",
            "request_timeout": _TIMEOUT,
        }
        try:
            self._ask(lambda: self._client.indices.create(index=index, body=body, params=waiting), SEARCH_PATIENCE)
        except IndexExistsError:
            return False
        return True

    def delete(self, *indices: str) -> None:
        """Delete those of `indices` that exist."""
        for index in indices:
            self._known(partial(self._client.indices.delete, index=index))

    def change_aliases(self, actions: list[Json]) -> None:
        """Change aliases, all in one step."""
        self._ask(lambda: self._client.indices.update_aliases(body={"actions": actions}), WRITE_PATIENCE)

    def refresh(self, *indices: str) -> None:
        """Make the writes to `indices` searchable."""
        self._ask(lambda: self._client.indices.refresh(index=",".join(indices)), WRITE_PATIENCE)

    def check_health(self) -> None:
        """Raise ClusterError if shards of the index have no node."""
        pattern, level = f"{self.location.name}*", {"level": "cluster"}
        health = self._ask(lambda: self._client.cluster.health(index=pattern, params=level), SEARCH_PATIENCE)
        if health["status"] == "red":
            raise ClusterError(
                f"The cluster of {self.location} is red: shards of the index have no node. "
                "Bring the missing nodes back, and try again."
            )

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_version(self) -> None:
        answer = self._ask(self._client.info, SEARCH_PATIENCE).get("version", {})
        number = str(answer.get("number", ""))
        version = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
        if answer.get("distribution") != "opensearch" or not OLDEST <= version < (NEWEST_MAJOR + 1,):
            name = {"opensearch": "OpenSearch"}.get(answer.get("distribution", ""), "something else than OpenSearch")
            raise ClusterError(
                f"The cluster of {self.location} runs {name} {number}: OpenSearch {OLDEST[0]}.{OLDEST[1]} up to "
                f"{NEWEST_MAJOR}.x is needed."
            )

    # --- one request ---------------------------------------------------------------------------------------

    def _whole(self, send: Callable[[], list[Json]]) -> list[Json]:
        """Return the answers of `send`, once each is that of every shard."""

        def ask() -> list[Json]:
            answers = send()
            for answer in answers:
                if "error" in answer:
                    raise self._errors.TransportError(answer["status"], _reason(answer), answer)
                if answer["timed_out"] or answer["_shards"]["failed"]:
                    raise self._errors.TransportError(503, "some shards gave no answer", answer)
            return answers

        return self._ask(ask, SEARCH_PATIENCE)

    def _known(self, send: Callable[[], Json]) -> Json | None:
        try:
            return self._ask(send, SEARCH_PATIENCE)
        except MissingError:
            return None

    def _ask(self, send: Callable[[], T], patience: float) -> T:
        """Return the answer to `send`, which is repeated for `patience` seconds while it fails for a passing reason.

        Raises ClusterError, or MissingError if the index or document is not there.
        """
        until = time.monotonic() + patience
        pause = _FIRST_PAUSE
        while True:
            try:
                return send()
            except self._errors.TransportError as error:
                is_passing = isinstance(error, self._errors.ConnectionError) or error.status_code in PASSING
                if isinstance(error, self._errors.SSLError) or not is_passing or time.monotonic() + pause > until:
                    raise self._told(error) from error
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _told(self, error: Any) -> Exception:
        """Return the error for the user that stands for `error`, one of the library."""
        where, status = f"The cluster of {self.location}", error.status_code
        if isinstance(error, self._errors.SSLError):
            return ClusterError(f"{where} has no certificate that is trusted: set SSL_CERT_FILE.")
        if isinstance(error, self._errors.ConnectionError):
            return ClusterError(f"{where} can't be reached ({_root(error)}): start it, or correct the address.")
        reason = _reason(error.info if isinstance(error.info, dict) else {}) or str(error.error)
        if status == 401:
            return ClusterError(
                f"{where} does not know this user or password: write them into the address, or {USER} and {PASSWORD}."
            )
        if status == 404:
            return MissingError(reason)
        if "resource_already_exists" in str(error.error):
            return IndexExistsError(reason)
        if status == 403 and "block" in str(error.error) + reason:
            return ClusterError(f"{where} can't be written to now ({reason}): remove the block, and try again.")
        if status == 403:
            return ClusterError(f"{where} does not let this user do that ({reason}): give the user the right to.")
        if status in PASSING:
            return ClusterError(f"{where} can't answer in full ({reason}): see its health, and try again.")
        return ClusterError(f"{where} refused a request ({reason}).")


class MissingError(Exception):
    """An index or document that is not there (HTTP 404)."""


class IndexExistsError(Exception):
    """An index that is there already, and so can't be made."""


def failure(item: Mapping[str, Any]) -> str:
    """Return why an operation of a bulk request failed."""
    return _reason(item) or str(item.get("status", ""))


def _reason(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    if not isinstance(error, dict):
        return str(error or "")
    causes = error.get("root_cause") or [error]
    reason = causes[0].get("reason") or error.get("reason") or error.get("type") or ""
    return str(reason)[:300]


def _root(error: Any) -> str:
    cause = error.info if isinstance(error.info, Exception) else error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__
    return str(getattr(cause, "strerror", None) or cause)[:200]


def _library() -> Any:
    try:
        # The import takes a seventh of a second, and only clusters need it.
        import opensearchpy
    except ImportError as error:
        raise LocationError(
            "An index in a cluster needs the package opensearch-py: run pip install 'archive-searcher[opensearch]'."
        ) from error
    # It logs every failed attempt with a traceback; the user gets one sentence about all.
    logging.getLogger("opensearch").setLevel(logging.ERROR)
    return opensearchpy
