"""The zones of the index in each scope of the query language."""

from index.schema.zones import Zone
from searcher.query.tree import Scope

# Ranges of zones, None for all. Earlier saves mix originals and summaries, so that no narrower scope has them.
SCOPE_ZONES: dict[Scope, range | None] = {
    Scope.ANYWHERE: None,
    Scope.TITLE: range(Zone.TITLE, Zone.OPENING + 1),
    Scope.ORIGINAL: range(Zone.TITLE, Zone.QUOTED + 1),
    Scope.SUMMARY: range(Zone.SUMMARY, Zone.SUMMARY + 1),
}
