"""The pages: a module for each, with its view and view model, and the parts that several pages share."""
