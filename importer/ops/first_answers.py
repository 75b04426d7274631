"""What is answered when settings are written for the first time: checked at once, and as a settings file has it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from importer.api_key import checked_key, read_key
from importer.errors import SettingsError
from importer.ops.settings_check import fault_of


def fault_of_answer(setting: str, text: str) -> str:
    """Return what is wrong with an answer, half a sentence; "" for nothing, as for no answer.

    Args:
        setting: What it is about.
        text: What was typed.
    """
    if not text:
        return ""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it has signs that are no text, and cannot stand in a settings file"
    if setting in ("state_dir", "output"):
        return _fault_of_folder(text)
    if setting == "source":
        return _fault_of_source(text)
    return fault_of(setting, text)


def fault_of_key_file(text: str) -> str:
    """Return what is wrong with a file that is to hold the key, half a sentence; "" for nothing, or no such file."""
    path = expanded(text)
    if path is None:
        return "it begins with the home of somebody whom this machine does not know"
    if not os.path.lexists(path):
        return ""
    try:
        checked_key(read_key(path), str(path))
    except SettingsError as error:
        return f"{error.message[:1].lower()}{error.message[1:].rstrip('.')}"
    return ""


def expanded(text: str) -> Path | None:
    """Return the path that is meant, absolute; None where it begins with the home of nobody."""
    with suppress(RuntimeError):
        return Path(text).expanduser().absolute()
    return None


def as_written(text: str, folder: Path) -> str:
    """Return a path as a settings file in `folder` has it: from there on, or from the home, or from the root on.

    Example: `as_written("/etc/importer/keys/north", Path("/etc/importer"))` is `"keys/north"`.
    """
    path = expanded(text) or Path(text)
    if path.is_relative_to(folder) and path != folder:
        return str(path.relative_to(folder))
    return text if text.startswith("~") else str(path)


def from_home(path: Path) -> str:
    """Return a path as a person writes it: with ~ for the home, where it is below that."""
    with suppress(RuntimeError):
        if path.is_relative_to(Path.home()):
            return str(Path("~", path.relative_to(Path.home())))
    return str(path)


def _fault_of_source(text: str) -> str:
    """Return what is wrong with a file that need not be there yet."""
    path = expanded(text)
    if path is None:
        return "it begins with the home of somebody whom this machine does not know"
    if path.is_dir():
        return f"{path} is a folder, and it takes a file"
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}"


def _fault_of_folder(text: str) -> str:
    path = expanded(text)
    if path is None:
        return "it begins with the home of somebody whom this machine does not know"
    nearest = path
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        return f"{nearest} is no folder"
    if not os.access(nearest, os.W_OK | os.X_OK):
        return f"nothing may be written to {nearest}"
    return ""
