"""Whether tonight's run will work: everything that could go wrong, looked at, and nothing changed."""
