"""The body of a command that hands back what it is called with."""

from __future__ import annotations

from importer.cli.given import Given, Manner, Shape

Values = tuple[str, Given, Shape, Manner]


def echo(name: str, given: Given, shape: Shape, manner: Manner) -> Values:
    """Return what was given."""
    return name, given, shape, manner
