"""The commands that read a source, send it, or go on with a run."""
