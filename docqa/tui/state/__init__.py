"""What the app shows, without a widget (pure)."""
