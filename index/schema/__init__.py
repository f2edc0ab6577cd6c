"""Fields, zones and documents: what both backends store of a post."""
