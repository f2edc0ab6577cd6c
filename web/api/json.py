"""The answers as JSON."""

from flask import Response, request

from index.archive.post import Post
from searcher.engine import Searcher
from searcher.request import SearchRequest, UnknownPostError, whole_number
from searcher.results import dump_json, hit_json, post_json, suggestions_json


def search(searcher: Searcher) -> Response:
    """Answer with the page of hits that the URL parameters ask for."""
    asked = SearchRequest.from_params(request.args.to_dict(flat=False))
    return json_response(searcher.search(asked).as_json())


def post(searcher: Searcher, post_id: str) -> Response:
    """Answer with a post and all its saves."""
    found = known_post(searcher, post_id)
    return json_response(post_json(found, searcher.labels(found.hashtags)))


def suggest(searcher: Searcher) -> Response:
    """Answer with what completes the words typed so far."""
    return json_response(suggestions_json(searcher.suggest(request.args.get("q", ""), _limit())))


def explain(searcher: Searcher) -> Response:
    """Answer with how the query was read, and what became of the post that is asked about."""
    asked = SearchRequest.from_params(request.args.to_dict(flat=False))
    return json_response(searcher.explain(asked, request.args.get("post") or None).as_json())


def related(searcher: Searcher, post_id: str) -> Response:
    """Answer with the posts that share most with a post."""
    return json_response({"related": [hit_json(hit) for hit in searcher.related(post_id, _limit())]})


def stats(searcher: Searcher) -> Response:
    """Answer with what the index holds."""
    return json_response(searcher.stats().as_json())


def imports(searcher: Searcher) -> Response:
    """Answer with the reports of the last updates that had any news, the newest first."""
    return json_response({"imports": [report.as_json() for report in searcher.imports(_limit(otherwise=20))]})


def healthz(searcher: Searcher) -> Response:
    """Answer that the index can be read, after looking at it."""
    searcher.commit()
    return json_response({"status": "ok"})


def known_post(searcher: Searcher, post_id: str) -> Post:
    """Return the post `post_id`; raise UnknownPostError if there is none."""
    found = searcher.post(post_id)
    if found is None:
        raise UnknownPostError(post_id)
    return found


def json_response(value: object, status: int = 200) -> Response:
    """Return `value` as the command line prints it."""
    return Response(dump_json(value), status, mimetype="application/json")


def _limit(otherwise: int = 10) -> int:
    return whole_number("limit", request.args.get("limit") or str(otherwise))
