"""The OpenSearch engine: a query tree → requests to a cluster → Results."""
