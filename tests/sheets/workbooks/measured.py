"""Reads one file, and prints what came of it and what it took: a program, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from importer.errors import SourceError
from importer.sheets.open import open_table


def main(path: Path) -> None:
    """Print one JSON object: the outcome, the processor's seconds, and MB of this process and of the parser."""
    import pandas as pd  # noqa: PLC0415 - what the command has at its own start, and is not measured

    assert pd.__version__
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = "read"
    try:
        for _ in open_table(path).chunks(5_000):
            pass
    except SourceError as error:
        outcome = error.code
    parser = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "outcome": outcome,
        "seconds": time.process_time() - began + parser.ru_utime + parser.ru_stime,
        "own_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "parser_mb": parser.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
