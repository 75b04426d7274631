"""The programs that begin runs, asked and told: crontab and systemctl, each bounded in time; and this one, tried."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError
from importer.ops.schedule.cron_text import PATH

_LONGEST_S: Final = 60.0
_NONE_YET: Final = (b"no crontab", b"No such file")
"""What programs of that name say of a user who has none: Paul Vixie's and its kin, and busybox's."""


@dataclass(frozen=True, slots=True)
class CalledProgram:
    """What a program did.

    Attributes:
        code: Its exit code; None where it was not there, or has not ended in time.
        out: What it printed.
        err: What it said beside.
    """

    code: int | None
    out: bytes = b""
    err: bytes = b""

    @property
    def said(self) -> str:
        """The first line that it said, for a message."""
        line = next(iter(self.err.decode("utf-8", "replace").strip().splitlines()), "")
        return "".join(sign if sign.isprintable() else "?" for sign in line)[:200]


def called(
    words: Sequence[str], given: bytes = b"", *, environment: Mapping[str, str], folder: str = "/"
) -> CalledProgram:
    """Call a program, and return what it did."""
    try:
        found = subprocess.run(  # noqa: S603 - no shell
            words, input=given, capture_output=True, env=environment, cwd=folder, timeout=_LONGEST_S, check=False
        )
    except (OSError, ValueError):
        return CalledProgram(None, err=b"it cannot be called")
    except subprocess.TimeoutExpired:
        return CalledProgram(None, err=f"it has not ended within {_LONGEST_S:g} seconds".encode())
    return CalledProgram(found.returncode, found.stdout, found.stderr)


@dataclass(frozen=True, slots=True)
class Crontab:
    """The crontab of this user.

    Attributes:
        program: Where `crontab` is.
        environment: In which it is called.
    """

    program: str
    environment: Mapping[str, str]

    def read(self) -> bytes:
        """Return what is in it; nothing where there is none.

        Raises:
            SettingsError: It cannot be read, or this user may have none.
        """
        found = self._called("-l")
        if found.code == 0:
            return found.out
        if found.code == 1 and any(word in found.err for word in _NONE_YET):
            return b""
        raise self._unusable("read", found)

    def replace(self, old: bytes, new: bytes) -> None:
        """Put another text in its place, if it is still as it was.

        Raises:
            SettingsError: It is not, or the text was not taken.
        """
        if self.read() != old:
            raise SettingsError(
                "Somebody has changed the crontab meanwhile; it was left as it is.",
                code="crontab_changed",
                hint="Try again.",
            )
        found = self._called("-", given=new) if new else self._called("-r")
        if found.code != 0:
            raise self._unusable("changed", found)
        if self.read() != new:
            raise SettingsError(
                "The crontab is not what was put there: a line may be lost.",
                code="crontab_changed",
                hint="Look at it with `crontab -l`.",
            )

    def _called(self, *options: str, given: bytes = b"") -> CalledProgram:
        return called((self.program, *options), given, environment={**self.environment, "LC_ALL": "C"})

    def _unusable(self, how: str, found: CalledProgram) -> SettingsError:
        return SettingsError(
            f"The crontab cannot be {how}: {found.said or f'exit code {found.code}'}.",
            code="crontab_unusable",
            hint="With --print the line is shown; somebody who may change crontabs can put it there.",
        )


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """A running systemd.

    Attributes:
        system: That of the machine; else that of this user.
        environment: In which systemctl is called.
    """

    system: bool
    environment: Mapping[str, str]

    @property
    def command(self) -> str:
        """How it is told something, for a person."""
        return "systemctl" if self.system else "systemctl --user"

    @property
    def is_running(self) -> bool:
        """Whether it is there: sd_booted(3), and for a user's the socket on which it listens."""
        if self.system:
            return Path("/run/systemd/system").is_dir()
        return Path(self._runtime_folder, "systemd", "private").exists()

    def call(self, *words: str) -> CalledProgram:
        """Tell it something."""
        environment = {**self.environment, "LC_ALL": "C", "XDG_RUNTIME_DIR": self._runtime_folder}
        return called((*self.command.split(), "--no-ask-password", *words), environment=environment)

    def begin(self, name: str) -> Sequence[str]:
        """Have it take up the units of a schedule; return the commands that failed, for a person to type.

        What an older timer of that name remembers goes first: else a time that has passed today would be made up for
        at once.
        """
        timer = f"importer-{name}.timer"
        self.call("stop", timer)
        reloaded = self.call("daemon-reload")
        self.call("clean", "--what=state", timer)
        started = self.call("start", timer) if reloaded.code == 0 else reloaded
        if started.code == 0:
            return ()
        return (f"{self.command} daemon-reload", f"{self.command} start {timer}")

    def end(self, name: str) -> None:
        """Have it begin a schedule no more, before its units go; a run that is at work goes on."""
        self.call("stop", f"importer-{name}.timer")
        self.call("clean", "--what=state", f"importer-{name}.timer")

    def forget(self, name: str) -> Sequence[str]:
        """Have it notice that the units of a schedule are gone; return the commands that failed."""
        reloaded = self.call("daemon-reload")
        self.call("reset-failed", f"importer-{name}.service")
        return () if reloaded.code == 0 else (f"{self.command} daemon-reload",)

    @property
    def _runtime_folder(self) -> str:
        return self.environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"


def expect_callable(program: Sequence[str], home: str) -> None:
    """Make sure that the importer can be called where there is no more than at night.

    Raises:
        SettingsError: It cannot be.
    """
    found = called((*program, "--version"), environment={"HOME": home, "PATH": PATH})
    if found.code != 0 or not found.out.startswith(b"importer "):
        raise SettingsError(
            f"The importer cannot be called from anywhere: `{shlex.join(program)} --version` fails.",
            code="program_not_found",
            hint="Install it, as with `pipx install .` or with pip into an environment, and call it from there.",
        )
