"""What docqa stores for the user: history, corrections, unfinished sessions and preferences."""
