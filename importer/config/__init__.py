"""The settings file: where it lies, and what is in it."""
