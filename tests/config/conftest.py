"""A home with blanks and letters beyond ASCII in its path, and a settings file in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give each test an empty home, and no variables that say how to run."""
    for name in [name for name in os.environ if name.upper().startswith(("IMPORTER_", "XDG_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "la casa de Íñigo"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def write(home: Path) -> Write:
    """Return a function that writes the user's settings file."""

    def put(content: str | bytes = "", *, mode: int = 0o600, path: Path | None = None) -> Path:
        path = path or home / ".config" / "importer" / "importer.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    return put
