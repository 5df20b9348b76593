"""The beets plugin."""
