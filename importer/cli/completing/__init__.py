"""What a shell completes: words that can stand next on the command line."""

from typing import Final

ASKED: Final = "_IMPORTER_COMPLETE"
"""The variable in which a shell names itself when it asks."""
