"""The command line: a thin room around the job, and the only place that prints or exits."""

from importer.cli.main import main

__all__ = ["main"]
