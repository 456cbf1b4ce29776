"""The panes of the app. None of them calls the engine."""
