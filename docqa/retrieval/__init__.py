"""Retrieval: the order in which windows are read."""
