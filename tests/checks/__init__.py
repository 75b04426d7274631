"""The checks: what every row of text becomes."""
