"""Runs in front of servers that really limit: `python -m bench.between`."""
