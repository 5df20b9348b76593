"""Wing of the trainer: data."""
