"""Wing of the trainer: commands."""
