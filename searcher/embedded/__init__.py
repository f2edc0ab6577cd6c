"""The Whoosh engine: query tree → arrays → Results. No Whoosh object leaves this package."""
