"""`importer check`: read and check a sheet, and send nothing."""

from __future__ import annotations

from pathlib import Path

from importer.cli.given import Given, Manner, Reports, Shape
from importer.cli.perform import perform
from importer.model.modes import Mode
from importer.story.order import Order


def check(source: Path, report: bool, given: Given, shape: Shape, reports: Reports, manner: Manner) -> int:
    """Read and check a source, write its reports where they are asked for, and return the exit code.

    Who says where they go, or what the annotated sheet is to be like, asks for them.
    """
    settings = given.settings()
    asked = report or reports.output is not None or reports.form is not None or bool(reports.more_columns)
    order = Order(mode=Mode.CHECK, source=source, reading=shape.reading(settings), reports=asked)
    return perform(reports.wished(order), settings, manner)
