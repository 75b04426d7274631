"""Reads one file, and prints what came of it and what it took: a program, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from importer.errors import SourceError
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.open import open_table


def main(path: Path, slowness: float) -> None:
    """Print one JSON object: the outcome, the processor's seconds, and MB of this process and of the parser.

    On a machine that is so much slower than a usual one, the parser may take as much longer.
    """
    import pandas as pd  # noqa: PLC0415 - what the command has at its own start, and is not measured

    assert pd.__version__
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = "read"
    try:
        for _ in open_table(path, limits=_limits(slowness)).chunks(5_000):
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


def _limits(slowness: float) -> Limits:
    usual = DEFAULT_LIMITS
    return replace(usual, seconds=usual.seconds * slowness, seconds_per_mb=usual.seconds_per_mb * slowness)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
