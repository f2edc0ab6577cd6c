"""Suggestions: spelling, pinyin and "did you mean"."""
