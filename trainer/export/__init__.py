"""Wing of the trainer: export."""
