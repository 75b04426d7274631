"""The commands that surround runs."""
