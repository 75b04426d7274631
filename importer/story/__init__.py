"""The story of a run, from its source to its reports: the only room but the command line that knows all others."""
