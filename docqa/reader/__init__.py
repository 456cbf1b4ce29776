"""The reader: a question and windows to scored spans."""
