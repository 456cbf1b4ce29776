"""Fine-tuning: train a reader on the user's own pairs."""
