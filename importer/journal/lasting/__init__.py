"""What lasts when runs have ended, and for how long."""
