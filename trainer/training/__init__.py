"""Wing of the trainer: training."""
