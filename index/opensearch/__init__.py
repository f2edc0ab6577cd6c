"""An index in an OpenSearch cluster: where it lies, what it holds, and the only code that writes it."""
