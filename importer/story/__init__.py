"""The story of a run, from its source to its reports: the only room that knows all others."""
