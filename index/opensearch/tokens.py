"""The tokens of the embedded index as strings that a cluster keeps apart by white space, and takes as names."""

from index.schema.document import END_OF_TEXT

# Longer words are known by how they begin and a hash: a cluster takes no token of more than 32,766 bytes.
LONGEST = 500
_ESCAPE = "_"
_ESCAPES = {_ESCAPE: "__", " ": "_s", END_OF_TEXT: "_n", ".": "_d"}


def encoded(token: str) -> str:
    """Return `token` without white space and dots; no encoded character begins like another."""
    if token.isalnum() and not any("\ud800" <= character <= "\udfff" for character in token):
        return token
    return "".join(map(_encoded, token))


def pairs(text: str) -> str:
    """Return the pairs of neighbours in the folded `text`, the last character with the end of the text, as tokens."""
    characters = [*map(_encoded, text), _ESCAPES[END_OF_TEXT]]
    return " ".join(map(str.__add__, characters, characters[1:]))


def phrase(text: str) -> str:
    """Return the tokens that stand one after the other where the folded `text`, of two characters or more, stands."""
    characters = [*map(_encoded, text)]
    return " ".join(map(str.__add__, characters, characters[1:]))


def shortened(word: str) -> str:
    """Return `word`, or its beginning with a hash if it is too long."""
    if len(word) <= LONGEST:
        return word
    from hashlib import sha256

    return f"{word[:LONGEST]}{_ESCAPE}{sha256(word.encode()).hexdigest()[:16]}"


def _encoded(character: str) -> str:
    if (escaped := _ESCAPES.get(character)) is not None:
        return escaped
    if character.isspace() or "\ud800" <= character <= "\udfff":
        return f"{_ESCAPE}x{ord(character):04x}"
    return character
