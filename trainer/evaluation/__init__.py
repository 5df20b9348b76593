"""Wing of the trainer: evaluation."""
