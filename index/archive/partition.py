"""A share of the files of an archive, so that several machines can index it together."""

import re
import zlib
from dataclasses import dataclass
from typing import Self

from index.errors import LocationError

_PARTITION = re.compile(r"(\d{1,4})/(\d{1,4})")
_HASHES = 1 << 32


def path_hash(path: str) -> int:
    """Return the hash by which a file belongs to one partition."""
    return zlib.crc32(path.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Partition:
    """The files whose path hashes lie in the `number`-th of `count` equal ranges."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the partition that `text` writes as 3/16; raise LocationError if it is none."""
        match = _PARTITION.fullmatch(text)
        number, count = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= count:
            raise LocationError(f"{text} is no part: write 3/16 for the third of sixteen.")
        return cls(number, count)

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def __contains__(self, path: str) -> bool:
        return self.count == 1 or path_hash(path) in self.hashes

    @property
    def hashes(self) -> range:
        """Return the range of path hashes of this partition."""
        return range(_HASHES * (self.number - 1) // self.count, _HASHES * self.number // self.count)


WHOLE = Partition(1, 1)
