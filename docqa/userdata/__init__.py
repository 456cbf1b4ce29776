"""What docqa stores for the user: history, corrections, notes, sessions and preferences."""
