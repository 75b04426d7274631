"""The API key: where it stands, and whether it is one. No message ever shows it."""

from __future__ import annotations

import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from importer.errors import SettingsError

_LONGEST_KEY: Final = 65_536
_QUOTES: Final = "\"'`"
_BEFORE_VALUE: Final = re.compile(r"([^=:\n]{1,80}?)(?:\s*=\s*|:\s+)[\w\"']")
"""What a line of settings, or a header, has before its value."""
_NAME_OF_KEY: Final = re.compile(r"key|token|secret|auth|importer", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:bearer|basic|token)\s+\S+", re.IGNORECASE)
_ALONE: Final = "Leave nothing there but the key itself, without its name and without quotation marks."


def read_key(path: Path) -> str:
    """Return what is in a file that is to hold the key.

    Raises:
        SettingsError: It cannot be read, or is no text.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST_KEY)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(
            f"The API key file {path} cannot be read: {reason}.",
            code="key_file_unreadable",
            hint="Name a file that holds nothing but the key.",
        ) from None  # a decoding error holds what was read


def checked_key(text: str, where: str) -> str:
    """Return a key without white space around it.

    Args:
        text: What was given for it.
        where: Where it stands, for messages.

    Raises:
        SettingsError: It is empty, cannot be sent, or is a line of settings or something in quotation marks.
    """
    key = text.strip()
    if not key:
        raise SettingsError(f"The API key in {where} is empty.", code="key_missing", hint="Put the key there.")
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        raise _not_alone(f"The API key in {where} is in quotation marks, which would be sent with it.")
    name = _BEFORE_VALUE.match(key)
    if key[0] in "{[<" or (name and _NAME_OF_KEY.search(name[1])):
        raise _not_alone(f"What is in {where} is not the API key alone: its name, or something else, is before it.")
    if _SCHEME.fullmatch(key):
        raise _not_alone(f"The API key in {where} has a word such as Bearer before it, and it is sent without one.")
    if not all("!" <= char <= "~" for char in key):
        raise SettingsError(
            f"The API key in {where} holds a space, a line break or a character that no key has.",
            code="bad_key",
            hint="Copy the key again, alone on one line.",
        )
    return key


def is_open_to_others(path: Path) -> bool:
    """Return whether others can use a file; where that cannot be told, whoever reads it will say why."""
    with suppress(OSError):
        mode = path.stat().st_mode
        return stat.S_ISREG(mode) and bool(mode & 0o077)
    return False


def _not_alone(message: str) -> SettingsError:
    return SettingsError(message, code="bad_key", hint=_ALONE)
