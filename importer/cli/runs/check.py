"""`importer check`: read and check a sheet, and send nothing."""

from __future__ import annotations

from pathlib import Path

from importer.cli.given import Given, Manner, Reports, Shape
from importer.cli.perform import perform
from importer.model.modes import Mode
from importer.story.order import Order


def check(source: Path, given: Given, shape: Shape, reports: Reports, manner: Manner) -> int:
    """Read and check a source, write its reports, and return the exit code."""
    settings = given.settings()
    order = Order(mode=Mode.CHECK, source=source, reading=shape.reading(settings))
    return perform(reports.wished(order), settings, manner)
