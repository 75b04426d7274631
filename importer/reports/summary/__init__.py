"""A run as a whole: for programs, and on a sheet of its own."""
