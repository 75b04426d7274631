"""What is known of every run and row, durably: the only SQL of the importer."""

from typing import Final

FILE_NAME: Final = "journal.sqlite"
"""The file of the journal in a state directory."""
