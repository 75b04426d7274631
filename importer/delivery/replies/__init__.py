"""What a reply means, for its row and for the run."""
