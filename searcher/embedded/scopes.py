"""Which zones of the index a scope of the query language takes in."""

from index.schema import Zone
from searcher.query import Scope

# Earlier saves mix originals and summaries: only a search anywhere looks there.
SCOPE_ZONES = {
    Scope.ANYWHERE: tuple(Zone),
    Scope.TITLE: (Zone.TITLE,),
    Scope.ORIGINAL: (Zone.TITLE, Zone.BODY, Zone.QUOTED),
    Scope.SUMMARY: (Zone.SUMMARY,),
}
