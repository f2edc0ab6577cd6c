"""HTTP below pages and API: access, parameters, preferences, caching, errors and metrics."""
