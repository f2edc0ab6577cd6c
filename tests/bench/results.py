"""RESULTS.md: a section for each thing that was measured, at each size."""

import re
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_HEAD = """# What engines take for the same questions

Written by `make bench SIZE=n`. Every engine holds the same tokens of the same generated posts, and answers the same
questions: the first ten ids, the exact total, and facet counts where they are asked for. All agree on totals and
counts, or there would be no results. "From files" adds to the time to build what reading files and cutting texts took
before, on all cores; "without reading" is the engine alone. What is indented is this project as its users have it.

What is said to be over HTTP was written by `make bench-http SIZE=n`.
"""


def write_results(title: str, section: str) -> None:
    """Write the section `title`, which begins with a number of posts, in place of the one before."""
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = {**dict(_SECTION.findall(before)), title: f"\n{section}"}
    parts = (f"## {title}\n{text.rstrip()}\n" for title, text in sorted(sections.items(), key=_by_size))
    RESULTS.write_text("\n".join((_HEAD, *parts)), encoding="utf-8")


def _by_size(section: tuple[str, str]) -> tuple[int, str]:
    return int(section[0].split()[0].replace(",", "")), section[0]
