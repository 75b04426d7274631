"""Servers and limiters that are no part of the project's environment, in a temporary folder of their own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import venv
from functools import cache
from pathlib import Path
from typing import Final

PYTHON: Final = ("granian==2.8.9", "slowapi==0.1.9", "starlette==1.10.0", "uvicorn==0.54.0", "waitress==3.0.2")
NODE: Final = ("express@5.3.0", "express-rate-limit@8.7.5", "koa@3.3.0", "koa-ratelimit@6.0.0")


class MissingError(Exception):
    """Something cannot be had here; the message says what."""


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="importer-bench-between-")


@cache
def python() -> Path:
    """Return the Python whose environment has `PYTHON`; raise a MissingError where these cannot be installed."""
    folder = Path(_folder().name) / "python"
    venv.create(folder, with_pip=True)
    found = folder / "bin" / "python"
    _run(str(found), "-m", "pip", "install", "--quiet", *PYTHON)
    return found


@cache
def node() -> Path:
    """Return the folder of the modules of `NODE`; raise a MissingError where these cannot be installed."""
    folder = Path(_folder().name) / "node"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    program = shutil.which("npm")
    if program is None or shutil.which("node") is None:
        raise MissingError("there is no Node.js here")
    _run(program, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", *NODE)
    return folder / "node_modules"


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MissingError((done.stderr or done.stdout).strip().splitlines()[-1])
