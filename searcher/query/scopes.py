"""Which zones of the index a scope of the query language takes in."""

from index.schema.zones import Zone
from searcher.query.tree import Scope

# Neighbouring zones. Earlier saves mix originals and summaries: only a search anywhere looks there.
SCOPE_ZONES: dict[Scope, range | None] = {
    Scope.ANYWHERE: None,
    Scope.TITLE: range(Zone.TITLE, Zone.OPENING + 1),
    Scope.ORIGINAL: range(Zone.TITLE, Zone.QUOTED + 1),
    Scope.SUMMARY: range(Zone.SUMMARY, Zone.SUMMARY + 1),
}
