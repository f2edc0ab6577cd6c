"""Additions of each kind to a temporary copy of the project; `docs/tour.md` names the files that they cost."""
