"""Parameters of a request: the search, numbers, and the post that its URL names."""

from flask import request

from index.archive.post import Post
from searcher.engine import Searcher
from searcher.request import SearchRequest, UnknownPostError, whole_number


def search_parameters(**defaults: str) -> SearchRequest:
    """Return the search that the URL parameters ask for, else `defaults`; raise RequestError."""
    params = {name: [value] for name, value in defaults.items()}
    return SearchRequest.from_params({**params, **request.args.to_dict(flat=False)})


def number_parameter(name: str, default: int) -> int:
    """Return the number in the URL parameter `name`, `default` if it is empty; raise RequestError."""
    return whole_number(name, request.args.get(name) or str(default))


def get_post(searcher: Searcher, post_id: str) -> Post:
    """Return the post `post_id`; raise UnknownPostError if there is none."""
    post = searcher.post(post_id)
    if post is None:
        raise UnknownPostError(post_id)
    return post
