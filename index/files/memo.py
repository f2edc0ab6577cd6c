"""What was looked up, remembered for as long as it is little."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(dict[Key, Value]):
    """Remembers up to `most` values by their keys, and forgets them all when there are to be more.

    An `lru_cache` of an object's own method would hold the object, which holds it: what the object has open, such as a
    mapped file, would stay so until Python next looks for such circles. A memo knows nobody.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def of(self, key: Key, look_up: Callable[[Key], Value]) -> Value:
        """Return what is remembered of `key`, or else what `look_up` returns of it; that is never None."""
        if (found := self.get(key)) is None:
            if len(self) >= self._most:
                self.clear()
            found = self[key] = look_up(key)
        return found
