"""The fingerprint of an index: the rules that it depends on beside the archive."""

from functools import cache

from index.errors import OutdatedIndexError, index_command
from index.schema.fields import SCHEMA_VERSION
from index.text import tokenizer
from index.text.user_words import NONE, UserWords

FORMAT = 7


def fingerprint(words: UserWords) -> dict[str, str]:
    """Return the rules by which an index with the user's `words` is made now."""
    return {**_rules(), "words": words.fingerprint}


@cache
def _rules() -> dict[str, str]:
    return {"format": str(FORMAT), "schema": str(SCHEMA_VERSION), **tokenizer.fingerprint()}


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
