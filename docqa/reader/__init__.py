"""The reader: from a question and windows to scored answer spans."""
