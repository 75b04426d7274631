"""What only looks, held to changing nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Snapshot = dict[str, tuple[bytes | None, int, int]]


def snapshot(folder: Path) -> Snapshot:
    """Return what a look must leave as it is: names, contents, sizes, permissions and times."""
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*"))}
    return {
        name: (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns, path.stat().st_mode)
        for name, path in {**files, ".": folder}.items()
    }


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Hold what is done in the block to leaving a folder as it is."""
    before = snapshot(folder)
    yield
    assert snapshot(folder) == before
