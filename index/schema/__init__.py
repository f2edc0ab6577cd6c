"""Fields, zones, weights and documents, the same for both backends."""
