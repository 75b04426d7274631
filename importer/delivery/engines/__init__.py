"""Engines perform attempts, and know nothing of why."""
