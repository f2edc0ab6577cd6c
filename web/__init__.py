"""The same answers as a page and as an API."""

from web.app import create_app

__all__ = ["create_app"]
