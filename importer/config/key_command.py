"""The API key from a command: a password manager, or whatever else prints it. What it prints is shown nowhere."""

from __future__ import annotations

import os
import selectors
import shlex
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
_AT_A_TIME_S: Final = 0.05
"""So often it is looked whether a command has ended that has left its output to others."""
_GOING_S: Final = 2.0
"""For so long a process that is killed is waited for."""
_OF_COMMANDS: Final = (
    "It must print the key and nothing else, ask nobody, and end with exit code 0. To see what it does, run it by"
    " itself."
)


@lru_cache(maxsize=1)
def key_from(command: Sequence[str], what: str, hint: str = _OF_COMMANDS, longest_s: float = LONGEST_S) -> str:
    """Return what a command prints; once it has, it is not run again.

    It has no terminal, and what it says on standard error goes nowhere. When it has ended, whatever it has started in
    its own session is ended, too.

    Args:
        command: Its words: no shell takes them apart.
        what: What it is called in messages.
        hint: What to do where it does not work.
        longest_s: It is killed after so many seconds.

    Raises:
        SettingsError: It cannot be run, fails, takes too long, or prints too much or nothing. The message shows
            nothing of it.
    """

    def failed(why: str) -> SettingsError:
        return SettingsError(f"{what} {why}.", code="key_command_failed", hint=hint)

    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own words, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a word of it has a character that no word has"
        raise failed(f"cannot be run: {reason}") from None
    try:
        printed = _printed(process, time.monotonic() + longest_s)
    except TimeoutError:
        raise failed(f"has not ended within {longest_s:g} seconds") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):  # one that has become somebody else cannot be killed
            process.wait(_GOING_S)
        if process.stdout is not None:
            process.stdout.close()
    if len(printed) > _MOST_BYTES:
        raise failed(f"prints more than {_MOST_BYTES >> 10} KiB")
    if process.returncode:
        ending = f"exit code {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
        raise failed(f"has failed with {ending}")
    try:
        text = printed.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise failed("prints what is no text") from None
    if not text.strip():
        raise failed("prints nothing")
    return text


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
    return (sys.executable, "-P", "-m", "keyring", "get", service, user)  # -P: not what is in the current folder


def hint_of_keyring(entry: str) -> str:
    """Return what to do where the keyring does not give an entry out."""
    service, _, user = entry.partition("/")
    return (
        f"`{shlex.join(('keyring', 'get', service, user))}` must print the key, and ask nobody: a keyring that is"
        " locked, as without a desktop in cron, gives nothing out."
    )


def _printed(process: subprocess.Popen[bytes], ends_at: float) -> bytes:
    """Return what a process prints until it ends, or more than what is read of it; raise TimeoutError if it is slow.

    What it has started may keep its output open, and is not waited for.
    """
    if process.stdout is None:
        return b""
    printed = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(printed) <= _MOST_BYTES:
            has_ended = process.poll() is not None
            if selector.select(0.0 if has_ended else _AT_A_TIME_S):
                part = os.read(process.stdout.fileno(), _MOST_BYTES + 1)
                if not part:
                    break
                printed += part
            elif has_ended:
                return printed
            if time.monotonic() > ends_at:
                raise TimeoutError
    if len(printed) <= _MOST_BYTES:
        try:
            process.wait(max(0.0, ends_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    return printed
