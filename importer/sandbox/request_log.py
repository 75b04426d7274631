"""The truth that tests compare with: one JSON line for every request, as it was applied or refused."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.errors import SettingsError


class RequestLog:
    """A file that is appended to, one `write` a line, so that whoever reads it meanwhile sees whole lines.

    The file holds names and addresses: where it is new, only its owner can read it.

    Args:
        path: None: nothing is kept.

    Raises:
        SettingsError: The file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        try:
            self._file = None if path is None else io.FileIO(path, "a", opener=_open_private)
        except OSError as error:
            raise SettingsError(
                f"The sandbox's request log cannot be written: {error.strerror} ({path}).",
                code="sandbox_request_log",
                hint="Name a file in a folder that exists and that you may write to.",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: Mapping[str, object]) -> None:
        """Append one line; it is in the file when this returns."""
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
