"""Text analysis: folding, tokens, segmenters and user words."""
