"""The units of systemd: their text, and what systemd itself says of it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.ops.schedule.moment import Moment
from importer.ops.schedule.nightly import Nightly
from importer.ops.schedule.unit_text import UnitWishes, quoted, service_text, timer_text
from tests.ops.schedule.nights import HOME, ODD, PLAIN, program

SYSTEM: Final = UnitWishes(system=True, own_output=True, on_failure="mail@%n.service")
USER: Final = UnitWishes(
    state=Path(f"{HOME}/.local/state/importer"), written=[Path(f"{HOME}/.local/state"), Path(f"{HOME}/100 %")]
)

SERVICE_OF_THE_SYSTEM: Final = """\
# importer schedule: north
# `importer schedule` replaces and removes it whole; `systemctl edit importer-north.service`
# adds what stays.
[Unit]
Description=importer run changes.csv, profile north
Wants=network-online.target
After=network-online.target
OnFailure=mail@%n.service

[Service]
Type=oneshot
ExecStart=:/opt/importer/bin/importer --config /etc/importer/importer.toml run /srv/exports/changes.csv\
 --profile north --skip-unchanged -q --yes --state %S/importer/state
LoadCredential=importer-api-key:/etc/importer/north.key
# It ends by itself once what is in flight is answered and the reports are written.
KillMode=mixed
TimeoutStopSec=150

DynamicUser=yes
User=importer
StateDirectory=importer
StateDirectoryMode=0700
Environment=IMPORTER_OUTPUT=%S/importer/reports
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
AmbientCapabilities=
CapabilityBoundingSet=
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
"""
TIMER: Final = """\
# importer schedule: north
[Unit]
Description=importer run changes.csv, every day at 06:15

[Timer]
OnCalendar=*-*-* 06:15:00
RandomizedDelaySec=60
# A night that the machine has slept through is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""
SERVICE_OF_A_USER: Final = """\
# importer schedule: changes
# `importer schedule` replaces and removes it whole; `systemctl --user edit importer-changes.service`
# adds what stays.
[Unit]
Description=importer run o'clock $HOME.csv

[Service]
Type=oneshot
ExecStart=":/home/Ana Ñandú/importer/.venv/bin/importer" run "/home/Ana Ñandú/100 %%/o'clock $HOME.csv"\
 --map "Mail \\"new\\"=email" -q --yes --state "/home/Ana Ñandú/.local/state/importer"
LoadCredential=importer-api-key:/home/Ana Ñandú/the key
# It ends by itself once what is in flight is answered and the reports are written.
KillMode=mixed
TimeoutStopSec=150

ReadWritePaths="/home/Ana Ñandú/.local/state" "/home/Ana Ñandú/100 %%"
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
"""
_NOT_FOR_USERS: Final = ("Capabilit", "PrivateDevices", "ProtectKernel", "ProtectClock", "DynamicUser", "User=")


def test_the_units_of_the_machine_are_these() -> None:
    """The service, word for word, and its timer."""
    assert service_text(PLAIN, SYSTEM) == SERVICE_OF_THE_SYSTEM
    assert timer_text(PLAIN) == TIMER


def test_the_service_of_a_user_is_this() -> None:
    """With nothing in it to which the manager of a user has no right, whatever is in the paths."""
    assert service_text(ODD, USER) == SERVICE_OF_A_USER
    assert not any(word in SERVICE_OF_A_USER for word in _NOT_FOR_USERS)
    assert "OnCalendar=Mon..Fri *-*-* 22:05:00\n" in timer_text(ODD)


def test_what_prints_the_key_may_write_where_it_likes() -> None:
    """A password manager has locks and an agent in its user's home."""
    text = service_text(replace(ODD, key_file=None), replace(USER, runs_others=True))
    assert "ProtectSystem=full\n" in text
    assert "ProtectHome" not in text
    assert "LoadCredential" not in text
    assert "MemoryDenyWriteExecute" not in text


def test_a_user_of_ones_own_writes_where_the_reports_are() -> None:
    """No user is made up then, and homes can be read where something is in them."""
    wishes = UnitWishes(system=True, run_as="clerk", written=[Path("/srv/reports")])
    text = service_text(replace(PLAIN, source=Path("/home/clerk/changes.csv")), wishes)
    assert "DynamicUser" not in text
    assert "User=clerk\n" in text
    assert "ReadWritePaths=/srv/reports\nProtectSystem=strict\nProtectHome=read-only\n" in text


def test_what_lies_in_a_temporary_folder_is_seen() -> None:
    """A private one would hide it."""
    assert "PrivateTmp" not in service_text(replace(PLAIN, source=Path("/var/tmp/changes.csv")), SYSTEM)  # noqa: S108


def test_a_slow_attempt_is_waited_for_when_it_is_stopped() -> None:
    """As long as an attempt may take, and two minutes for the reports."""
    assert "TimeoutStopSec=720\n" in service_text(PLAIN, replace(SYSTEM, timeout_s=600))


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\x7f", "\x85", "\u2028", "\udc80"])
@pytest.mark.parametrize("where", ["source", "key_file", "config"])
def test_what_would_begin_another_line_is_refused(sign: str, where: str) -> None:
    """Wherever it stands, and what is told of it is on one line."""
    path = Path(f"/srv/a{sign}ExecStartPre=b")
    nights = {
        "source": replace(PLAIN, source=path),
        "key_file": replace(PLAIN, key_file=path),
        "config": replace(PLAIN, config=path),
    }
    with pytest.raises(SettingsError, match="cannot stand in a schedule: a line break") as caught:
        service_text(nights[where], SYSTEM)
    assert "a?ExecStartPre=b" in caught.value.message
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("end", ["\\", " "])
def test_the_file_of_a_key_is_named_as_it_is_or_not_at_all(end: str) -> None:
    """What systemd takes to the end of the line has no quotation marks around it."""
    with pytest.raises(SettingsError, match="ends with a blank or a backslash"):
        service_text(replace(PLAIN, key_file=Path(f"/etc/key{end}")), SYSTEM)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20), max_size=5))
def test_words_are_quoted_as_systemd_takes_them_apart(words: list[str]) -> None:
    """Quotation marks, backslashes, blanks and signs of percent: each word comes out as it went in."""
    assert _taken_apart(" ".join(map(quoted, words))) == words


def _taken_apart(line: str) -> list[str]:
    """Return the words of a line as systemd.syntax(7) has it, with specifiers resolved; of %% alone."""
    words = []
    for found in re.finditer(r'"((?:[^"\\]|\\.)*)"|(\S+)', line, re.DOTALL):
        word = re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL) if found[1] is not None else found[2]
        assert "%" not in word.replace("%%", "")
        words.append(word.replace("%%", "%"))
    return words


@pytest.fixture(params=["Ana Ñandú 100 % $HOME", "o'clock \"\\"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Nightly]:
    """Return a folder for units, and a night whose program, source and key are there, in a home with an odd name."""
    home = tmp_path / str(request.param)
    for name in ("bin/importer", "changes.csv", "the key", "importer.toml"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("#!/bin/sh\n")
        (home / name).chmod(0o755)
    night = replace(
        ODD,
        program=(str(home / "bin/importer"),),
        config=home / "importer.toml",
        source=home / "changes.csv",
        key_file=home / "the key",
    )
    return tmp_path, night


def _written(folder: Path, night: Nightly, wishes: UnitWishes) -> list[str]:
    texts = {"service": service_text(night, wishes), "timer": timer_text(night)}
    for kind, text in texts.items():
        (folder / f"importer-{night.name}.{kind}").write_text(text, "utf-8")
    return [str(folder / f"importer-{night.name}.{kind}") for kind in texts]


@pytest.mark.parametrize("whose", ["system", "user"])
def test_systemd_finds_nothing_wrong_with_the_units(whose: str, real: tuple[Path, Nightly]) -> None:
    """`systemd-analyze verify` is silent, and the program is found where it is, whatever is in its path."""
    analyze = program("systemd-analyze")
    folder, night = real
    if whose == "user":
        wishes = replace(USER, written=[folder], state=folder / "state")
    else:
        wishes = replace(SYSTEM, on_failure=None)
    units = _written(folder, night, wishes)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    environment = {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(folder), "PATH": "/usr/bin:/bin"}

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [analyze, "verify", f"--{whose}", *units], capture_output=True, text=True, check=False, env=environment
        )

    found = verify()
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    Path(night.program[0]).unlink()
    through_env = "'" in night.program[0]
    assert through_env or "is not executable" in verify().stderr


def test_the_service_of_the_machine_is_little_exposed(real: tuple[Path, Nightly]) -> None:
    """`systemd-analyze security` gives it at most 3.0 of 10."""
    analyze = program("systemd-analyze")
    folder, night = real
    service, _ = _written(folder, night, SYSTEM)
    found = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=30", service], capture_output=True, text=True, check=False
    )
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", found.stdout)
    assert level is not None
    assert float(level[1]) <= 3.0
    assert found.returncode == 0


@pytest.mark.parametrize("moment", [Moment(6, 15), Moment(23, 59, weekdays=True), Moment(0, 0)])
def test_systemd_knows_the_time(moment: Moment) -> None:
    """It takes it for the next such time, and writes it just so itself."""
    found = subprocess.run(
        [program("systemd-analyze"), "calendar", moment.calendar], capture_output=True, text=True, check=True
    )
    assert f"{moment.hour:02}:{moment.minute:02}:00" in found.stdout.partition("Next elapse")[2]
    normalized = re.search(r"Normalized form: (.+)", found.stdout)
    assert normalized is None or normalized[1] == moment.calendar


@pytest.mark.parametrize(
    "text", ["24:00", "6", "06:60", "6.15", "", "-1:00", "\N{FULLWIDTH DIGIT ZERO}6:15", "06:15:00", "daily"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """With how it is written."""
    with pytest.raises(SettingsError) as caught:
        Moment.parse(text)
    assert "--daily 06:15" in caught.value.hint
