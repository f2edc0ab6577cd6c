"""Git conflicts: a file with conflict markers is read as both of its sides."""

from dataclasses import replace
from datetime import UTC, datetime

from index.archive.post import Save

_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


def split_sides(text: str) -> list[str]:
    """Return the sides of a file with conflict markers, ours first, or the text alone."""
    if _OURS not in text or _THEIRS not in text:
        return [text]
    ours: list[str] = []
    theirs: list[str] = []
    both, neither = (ours, theirs), ()
    current: tuple[list[str], ...] = both
    conflicts = 0
    for line in text.split("\n"):
        marker = line[:7] if line[7:8] in ("", " ") else ""
        if marker == _OURS and current is both:
            current = (ours,)
        elif marker == _BASE and current == (ours,):
            current = neither
        elif marker == _MIDDLE and current is not both:
            current = (theirs,)
        elif marker == _THEIRS and current is not both:
            current = both
            conflicts += 1
        else:
            for side in current:
                side.append(line)
    return ["\n".join(ours), "\n".join(theirs)] if conflicts else [text]


def merge_sides(ours: Save, theirs: Save) -> Save:
    """Return the side saved later, with the texts that only the other side has as its `other_side`."""
    later, earlier = sorted((ours, theirs), key=_saved_or_never, reverse=True)
    summary = earlier.summary if later.has_placeholder_summary else later.summary
    merged = replace(later, summary=summary)
    lost = dict.fromkeys(text for text in (*later.texts, *earlier.texts) if text and text not in merged.texts)
    return replace(merged, other_side=tuple(lost))


def _saved_or_never(save: Save) -> datetime:
    return save.saved or datetime.min.replace(tzinfo=UTC)
