"""Readers and encoders: installed on this machine, pulled from the hub, loaded."""
