"""What docqa keeps of its user's work."""
