"""Killing the real command at any moment, and going on with it."""
