"""Translations: the texts of the pages and the messages of errors."""
