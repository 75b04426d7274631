"""What surrounds runs: how they are set up, begun by the clock, and looked after."""
