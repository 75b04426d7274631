"""The API key from a command: a password manager, or whatever else prints it. What it prints is shown nowhere."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

from importer.errors import SettingsError

LONGEST_S: Final = 30.0
"""A command that takes longer hangs, or waits for somebody who is not there."""
_MOST_BYTES: Final = 1 << 16
_HINT: Final = (
    "It must print the key and nothing else, and end with exit code 0. To see what it does, run it by itself."
)


@lru_cache(maxsize=1)
def key_from(command: Sequence[str], where: str, longest_s: float = LONGEST_S) -> str:
    """Return what a command prints; once it has, it is not run again.

    Args:
        command: Its words: no shell takes them apart.
        where: Where it is named, for messages.
        longest_s: It is killed after so many seconds, with all that it has started.

    Raises:
        SettingsError: It cannot be run, fails, takes too long, or prints too much. The message shows nothing of it.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own words, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a word of it holds a zero byte"
        raise _failed(where, f"cannot be run: {reason}") from None
    try:
        printed = _printed(process, time.monotonic() + longest_s)
    except TimeoutError:
        raise _failed(where, f"has not ended within {longest_s:g} seconds") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if len(printed) > _MOST_BYTES:
        raise _failed(where, f"prints more than {_MOST_BYTES >> 10} KiB")
    if process.returncode:
        ending = f"exit code {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
        raise _failed(where, f"has failed with {ending}")
    try:
        return printed.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _failed(where, "prints what is no text") from None


def keyring_command(entry: str) -> Sequence[str]:
    """Return the command that prints an entry of the keyring: a keyring may ask for a password, and never answer.

    Args:
        entry: A service and a user, with a slash between them.

    Raises:
        SettingsError: The package `keyring` is not installed.
    """
    if find_spec("keyring") is None:
        raise SettingsError(
            "The API key is in the keyring, and nothing that reads it is installed.",
            code="keyring_missing",
            hint="Install the importer with it, pip install '.[keyring]', or give the key in another way.",
        )
    service, _, user = entry.partition("/")
    return (sys.executable, "-m", "keyring", "get", service, user)


def _printed(process: subprocess.Popen[bytes], ends_at: float) -> bytes:
    """Return what a process prints until it ends, or more than what is read of it; raise TimeoutError if it is slow."""
    if process.stdout is None:
        return b""
    printed = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(printed) <= _MOST_BYTES:
            if not selector.select(max(0.0, ends_at - time.monotonic())):
                raise TimeoutError
            part = os.read(process.stdout.fileno(), _MOST_BYTES + 1)
            if not part:
                break
            printed += part
    if len(printed) <= _MOST_BYTES:
        try:
            process.wait(max(0.0, ends_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    return printed


def _failed(where: str, what: str) -> SettingsError:
    return SettingsError(f"The command for the API key in {where} {what}.", code="key_command_failed", hint=_HINT)
