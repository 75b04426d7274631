"""A few hundred small files of all kinds, and beside each what is true of it."""
