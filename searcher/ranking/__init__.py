"""Ranking: parameters, proximity, key terms and synonyms, shared by both engines."""
