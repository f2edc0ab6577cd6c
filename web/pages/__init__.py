"""The pages: a module for each, with its view, and the parts that several pages share."""
