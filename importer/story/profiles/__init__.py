"""What a profile of the settings file means for a run: what it says already, and with whom it shares a place."""
