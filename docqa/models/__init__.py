"""Readers and encoders on this machine, and where they come from."""
