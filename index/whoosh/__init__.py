"""What makes a folder a Whoosh index: table of contents, segments and codec."""
