"""Send a spreadsheet of customer changes to the Update Customer API, and report what is true of every row."""

import sys

__version__ = "0.1.0"

_refusal = ""
if sys.version_info < (3, 11):  # noqa: UP036 - from a clone, nothing else says so
    _refusal = "importer needs Python 3.11 or newer; this is " + ".".join(str(part) for part in sys.version_info[:3])
elif sys.platform == "win32":
    _refusal = "importer runs on Linux and macOS; on Windows, run it in WSL 2"
if _refusal:
    # This module and __main__ are all that an older Python reads, so they are written for one.
    sys.stderr.write(_refusal + ".\n")
    raise SystemExit(2)
