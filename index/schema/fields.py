"""The properties that posts are filtered and counted by, as the index names them."""

# Grows with every change of what an index holds of a post.
SCHEMA_VERSION = 5
# Stands in the column of publish times where there is none.
NO_TIME = -(2**62)
FACETS = ("source", "account", "site", "type", "claimed_source", "day", "hashtag")
