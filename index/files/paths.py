"""Names of files as text."""

import os


def readable(path: str) -> str:
    """Return a path as text that can be shown and stored: bytes of a name that are not UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
