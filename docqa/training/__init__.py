"""Training: a person's own pairs make a reader of their own."""
