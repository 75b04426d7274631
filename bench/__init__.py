"""Measurements against limits, side by side in one run: `make bench`."""
