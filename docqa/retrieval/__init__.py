"""Retrieval: which windows to read first."""
