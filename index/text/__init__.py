"""Text analysis: folding, tokens, the dictionary and the user's words."""
