"""The units of systemd that begin a run, as text: a service that may do what a run needs, and its timer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.config.key_sources import CREDENTIAL
from importer.errors import SettingsError
from importer.ops.schedule.nightly import ENV, Nightly, expect_no_variable, expect_plain, mark

_OWN_FOLDER: Final = "importer"
"""What systemd gives to system units, below /var/lib; and the user whom it makes up."""
_OWN_STATE: Final = f"%S/{_OWN_FOLDER}/state"
"""One step deeper: beside a state directory a run writes a mark, by which an older copy is known."""
_OWN_REPORTS: Final = f"%S/{_OWN_FOLDER}/reports"
_HOMES: Final = (Path("/home"), Path("/root"), Path("/run/user"))
"""What `ProtectHome` is about."""
_TEMPORARY: Final = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - nothing is written there
"""What `PrivateTmp` hides."""
_FOR_ALL: Final = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "ProtectControlGroups=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
    "UMask=0077",
)
_FOR_THE_SYSTEM: Final = (
    "AmbientCapabilities=",
    "CapabilityBoundingSet=",
    "PrivateDevices=yes",
    "PrivateUsers=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "RemoveIPC=yes",
)
"""What the manager of a user has no right to: with most of these it would start nothing (218/CAPABILITIES)."""
_GOES_ON_S: Final = 120.0
"""For what a run does once it is asked to end, beside waiting for what is in flight: the reports above all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWishes:
    """How units are to be made.

    Attributes:
        system: For the manager of the system; else for that of a user.
        run_as: The user as whom a system unit runs; None for one that systemd makes up.
        state: The state directory; None for the unit's own one.
        written: Folders in which the run writes, beside its own one.
        own_output: Whether reports go below the unit's own state directory.
        on_failure: A unit that is begun where a run does not end with 0.
        timeout_s: Of an attempt.
        runs_others: Whether the key comes from a command of the user's, which may write where it likes.
    """

    system: bool = False
    run_as: str | None = None
    state: Path | None = None
    written: Sequence[Path] = ()
    own_output: bool = False
    on_failure: str | None = None
    timeout_s: float = 30.0
    runs_others: bool = False


def service_text(nightly: Nightly, wishes: UnitWishes) -> str:
    """Return the text of the service.

    Raises:
        SettingsError: A word cannot be written in a unit.
    """
    systemctl = "systemctl" if wishes.system else "systemctl --user"
    description = f"importer run {nightly.source.name}{f', profile {nightly.profile}' if nightly.profile else ''}"
    expect_plain([description])
    lines = [
        mark(nightly.name),
        f"# `importer schedule` replaces and removes it whole; `{systemctl} edit importer-{nightly.name}.service`",
        "# adds what stays.",
        "[Unit]",
        f"Description={_unexpanded(description)}",
        *(("Wants=network-online.target", "After=network-online.target") if wishes.system else ()),
        *((f"OnFailure={wishes.on_failure}",) if wishes.on_failure else ()),
        "",
        "[Service]",
        "Type=oneshot",
        # The colon: a $ in a word is a $.
        f"ExecStart={' '.join(_command(nightly, wishes))}",
        *_key(nightly),
        "# It ends by itself once what is in flight is answered and the reports are written.",
        "KillMode=mixed",
        f"TimeoutStopSec={wishes.timeout_s + _GOES_ON_S:.0f}",
        "",
        *_user(wishes),
        *_places(nightly, wishes),
        *(line for line in _FOR_ALL if not (wishes.runs_others and line.startswith(_UNFIT_FOR_OTHERS))),
        *(_FOR_THE_SYSTEM if wishes.system else ()),
    ]
    return "".join(f"{line}\n" for line in lines)


def timer_text(nightly: Nightly) -> str:
    """Return the text of the timer."""
    return "".join(
        f"{line}\n"
        for line in (
            mark(nightly.name),
            "[Unit]",
            f"Description=importer run {_unexpanded(nightly.source.name)}, {nightly.moment}",
            "",
            "[Timer]",
            f"OnCalendar={nightly.moment.calendar}",
            "RandomizedDelaySec=60",
            "# A night that the machine has slept through is made up for.",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
        )
    )


_UNFIT_FOR_OTHERS: Final = ("MemoryDenyWriteExecute=", "SystemCallFilter=~")
"""What a program that prints the key may not get on with."""


def quoted(word: str) -> str:
    r"""Return a word as it stands on a line of a unit that has several: systemd.syntax(7), and % for specifiers.

    Example: `quoted('100 % "new"')` is `'"100 %% \\"new\\""'`.

    Raises:
        SettingsError: It has a sign that cannot stand there.
    """
    expect_plain([word])
    if word and all(sign.isascii() and (sign.isalnum() or sign in "-_./:=@+,") for sign in word):
        return word
    return '"' + _unexpanded(word.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _unexpanded(text: str) -> str:
    return text.replace("%", "%%")


def _command(nightly: Nightly, wishes: UnitWishes) -> Iterator[str]:
    words = nightly.command()
    if any(sign in words[0] for sign in "\"'\\"):  # which systemd takes in no name of a program (seen with 252)
        expect_no_variable(words[0])
        words = (ENV, *words)
    yield quoted(f":{words[0]}")
    yield from map(quoted, words[1:])
    yield from ("--state", _OWN_STATE if wishes.state is None else quoted(str(wishes.state)))


def _key(nightly: Nightly) -> Iterator[str]:
    if nightly.key_file is None:
        return
    path = str(nightly.key_file)
    expect_plain([path])
    if path.endswith(("\\", " ")):  # to be taken as it is, up to the end of the line
        raise SettingsError(
            f"{path} cannot be named in a unit of systemd, since it ends with a blank or a backslash.",
            code="path_unusable",
            hint="Give the file another name.",
        )
    yield f"LoadCredential={CREDENTIAL}:{_unexpanded(path)}"


def _user(wishes: UnitWishes) -> Iterator[str]:
    if not wishes.system:
        return
    if wishes.run_as is None:
        yield "DynamicUser=yes"
    yield f"User={wishes.run_as or _OWN_FOLDER}"


def _places(nightly: Nightly, wishes: UnitWishes) -> Iterator[str]:
    """Yield what may be read, and what may be written."""
    if wishes.system and (wishes.state is None or wishes.own_output):
        yield f"StateDirectory={_OWN_FOLDER}"
        yield "StateDirectoryMode=0700"
    if wishes.own_output:
        yield f"Environment=IMPORTER_OUTPUT={_OWN_REPORTS}"
    written = list(dict.fromkeys(wishes.written))
    if written:
        yield f"ReadWritePaths={' '.join(quoted(str(path)) for path in written)}"
    if wishes.runs_others and not wishes.system:
        yield "ProtectSystem=full"
        return
    yield "ProtectSystem=strict"
    used = [nightly.source, Path(nightly.program[0]), *([nightly.config] if nightly.config else []), *written]
    yield f"ProtectHome={'read-only' if not wishes.system or _any_below(used, _HOMES) else 'yes'}"
    if not _any_below(used, _TEMPORARY):
        yield "PrivateTmp=yes"


def _any_below(paths: Iterable[Path], folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for path in paths for folder in folders)
