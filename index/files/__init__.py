"""Files of an index: durable writes, checksummed blocks and records."""
