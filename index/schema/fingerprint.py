"""The fingerprint of an index: the rules that it depends on beside the archive."""

import hashlib
from functools import cache

from index.errors import OutdatedIndexError, index_command
from index.schema.fields import SCHEMA_VERSION
from index.text import tokenizer
from index.text.folding import SIMPLIFIED
from index.text.segmenter import jieba_dictionary, package_folder
from index.text.user_words import NONE, UserWords

FORMAT = 7


def fingerprint(words: UserWords) -> dict[str, str]:
    """Return the rules by which an index with the user's `words` is made now."""
    return {**_rules(), "words": words.fingerprint}


@cache
def _rules() -> dict[str, str]:
    tables = {"simplified": SIMPLIFIED, "dictionary": jieba_dictionary()}
    return {
        "format": str(FORMAT),
        "schema": str(SCHEMA_VERSION),
        "analyzer": str(tokenizer.VERSION),
        **{package: _package_version(package) for package in ("jieba", "rjieba", "snowballstemmer")},
        **{name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in tables.items()},
    }


def _package_version(package: str) -> str:
    # Importing importlib.metadata takes longer than the rest of opening an index.
    for record in package_folder(package).parent.glob(f"{package}-*.dist-info"):
        return record.name.removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib import metadata

    return metadata.version(package)


def check_rules(then: dict[str, str], now: dict[str, str], location: object) -> None:
    """Raise OutdatedIndexError, naming what changed, if an index was made by other rules `then` than those of `now`."""
    changed = [
        f"{name} was {then.get(name, NONE)} and is {now.get(name, NONE)}"
        for name in sorted({*now, *then})
        if now.get(name, NONE) != then.get(name, NONE)
    ]
    if changed:
        raise OutdatedIndexError(
            f"The index at {location} was made by other rules ({'; '.join(changed)}): "
            f"run {index_command(location, '--rebuild')}."
        )
