"""What the app does in threads and processes."""
