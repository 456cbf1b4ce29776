"""Shared test helpers: small models, a local hub, the app with hand-made results. No tests."""
