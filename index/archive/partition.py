"""A share of the files of an archive, so that several machines can index it together."""

import re
import zlib
from dataclasses import dataclass
from typing import Self

from index.errors import LocationError

_PART = re.compile(r"(\d{1,4})/(\d{1,4})")
# Files are spread over so many places by their paths: the range of each part stays as it is when others come.
PLACES = 1 << 32


def place_of(path: str) -> int:
    """Return the place of a file."""
    return zlib.crc32(path.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Partition:
    """Is the `number`-th of `count` ranges of files."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the part that `text` writes as 3/16; raise LocationError if it is none."""
        match = _PART.fullmatch(text)
        number, count = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= count:
            raise LocationError(f"{text} is no part: write 3/16 for the third of sixteen.")
        return cls(number, count)

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def __contains__(self, path: str) -> bool:
        return self.count == 1 or place_of(path) in self.places

    @property
    def places(self) -> range:
        """Return the places of the files of this part."""
        return range(PLACES * (self.number - 1) // self.count, PLACES * self.number // self.count)


WHOLE = Partition(1, 1)
