"""When the next attempt may leave, and how many may be in flight: arithmetic on times that are handed in."""
