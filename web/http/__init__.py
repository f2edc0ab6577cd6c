"""HTTP concerns: access, caching, metrics, errors and preferences."""
