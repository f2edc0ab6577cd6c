"""Texts and messages in English and Chinese."""
