"""Attempts on the wire: the port of the engines, and the engine of threads over requests."""
