"""The trainer: makes the bi-encoder that MelScribe ships."""
