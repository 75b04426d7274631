"""The page that people review a run on, and the one that lists runs: each a single file, without a network."""
