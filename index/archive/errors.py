"""Reasons why a file of an archive is not read as a save."""


class MalformedPost(Exception):
    """A file that looks like a post and can't be read as one; `line` is 0 where the whole file is meant."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NotAPost(Exception):
    """A file that no format recognises."""
