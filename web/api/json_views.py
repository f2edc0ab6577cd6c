"""Answers in JSON: searches, posts, suggestions, and the state of the index."""

from flask import Response, request

from searcher.engine import Searcher
from searcher.results import dump_json, post_json, suggestions_json
from web.http.parameters import get_post, number_parameter, search_parameters


def json_response(value: object, status: int = 200, media_type: str = "application/json") -> Response:
    """Return a response with `value` as the command line prints it."""
    return Response(dump_json(value), status, mimetype=media_type)


def search(searcher: Searcher) -> Response:
    """Answer with a page of hits."""
    return json_response(searcher.search(search_parameters()).as_json())


def post(searcher: Searcher, post_id: str) -> Response:
    """Answer with a post and all its saves."""
    found = get_post(searcher, post_id)
    return json_response(post_json(found, searcher.labels(found.hashtags)))


def related(searcher: Searcher, post_id: str) -> Response:
    """Answer with the posts most like a post."""
    hits = searcher.related(post_id, number_parameter("limit", 10))
    return json_response({"related": [hit.as_json() for hit in hits]})


def suggest(searcher: Searcher) -> Response:
    """Answer with completions of the text `q`."""
    suggestions = searcher.suggest(request.args.get("q", ""), number_parameter("limit", 10))
    return json_response(suggestions_json(suggestions))


def browser_suggest(searcher: Searcher) -> Response:
    """Answer with the text `q` and a list of its completions, as a browser's address bar reads them."""
    prefix = request.args.get("q", "")
    completions = [suggestion.text for suggestion in searcher.suggest(prefix)]
    return json_response([prefix, completions], media_type="application/x-suggestions+json")


def explain(searcher: Searcher) -> Response:
    """Answer with how the query was read, and how the post `post`, if given, was scored."""
    return json_response(searcher.explain(search_parameters(), request.args.get("post") or None).as_json())


def stats(searcher: Searcher) -> Response:
    """Answer with the statistics of the index."""
    return json_response(searcher.stats().as_json())


def imports(searcher: Searcher) -> Response:
    """Answer with the reports of the last updates that changed anything, newest first."""
    reports = searcher.imports(number_parameter("limit", 20))
    return json_response({"imports": [report.as_json() for report in reports]})


def healthz(searcher: Searcher) -> Response:
    """Answer ok if the index can be read."""
    searcher.commit()
    return json_response({"status": "ok"})
