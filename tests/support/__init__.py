"""What several test modules use: small models, a hub on this machine, the app on a stage. No tests."""
