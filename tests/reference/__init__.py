"""The revenue policy once more, in plain Python, and random worlds on which it meets the models."""
