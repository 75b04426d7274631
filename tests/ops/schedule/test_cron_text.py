"""The line for cron, and crontabs with it and without it."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.ops.schedule.cron_text import CronEntry, cron_line, entries, with_entry, without_entry
from importer.ops.schedule.nightly import mark, marked, schedule_name
from tests.ops.schedule.nights import ODD, PLAIN

LINE: Final = (
    "15 6 * * * /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin /opt/importer/bin/importer"
    " --config /etc/importer/importer.toml run /srv/exports/changes.csv --profile north --skip-unchanged -q --yes"
)
ODD_LINE: Final = (
    "5 22 * * 1-5 /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin '/home/Ana Ñandú/importer/.venv/bin/importer'"
    " run '/home/Ana Ñandú/100 \\%/o'\"'\"'clock $HOME.csv' --map 'Mail \"new\"=email' -q"
    " --api-key-file '/home/Ana Ñandú/the key' --yes"
)
OTHERS: Final = b"MAILTO=ops\n# \xff\r is no UTF-8\n0 1 * * * backup --at=\\%H\n\n"
crontabs = (
    st.binary(max_size=200)
    .map(lambda text: text.replace(b"# importer schedule:", b""))
    .map(lambda text: text + b"\n" if text and not text.endswith(b"\n") else text)
)


def test_the_line_is_this() -> None:
    """Absolute paths, nothing that takes a variable, and no bare sign of percent."""
    assert cron_line(PLAIN) == LINE
    assert cron_line(ODD) == ODD_LINE


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\\"), max_size=40))
def test_a_shell_gets_the_words_as_they_are(name: str) -> None:
    r"""Cron makes \% a %, and the rest is the shell's."""
    night = replace(PLAIN, source=Path("/srv") / f"a{name.replace('/', '')}.csv")
    _, _, _, _, _, command = cron_line(night).split(" ", 5)
    assert "%" not in command.replace("\\%", "")
    assert shlex.split(command.replace("\\%", "%"))[2:] == list(night.command())


def test_every_shell_of_posix_takes_it_apart_likewise(tmp_path: Path) -> None:
    """With the real one: each word arrives as it is."""
    shown = tmp_path / "shown"
    shown.write_text('#!/bin/sh\nprintf "%s\\n" "$PATH" "$@"\n')
    shown.chmod(0o755)
    night = replace(ODD, program=(str(shown),))
    command = cron_line(night).split(" ", 5)[5].replace("\\%", "%")
    found = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, env={})
    path, *words = found.stdout.splitlines()
    assert path == "/usr/local/bin:/usr/bin:/bin"
    assert words == list(night.command(*night.own_words))[1:]


@pytest.mark.parametrize("name", ["a\nb.csv", "a\\b.csv", "a\rb.csv", "a\udc80b.csv"])
def test_what_no_crontab_can_hold_is_refused(name: str) -> None:
    """A line break would be a line of its own; a backslash means one thing here and another there."""
    with pytest.raises(SettingsError, match="cannot stand in a"):
        cron_line(replace(PLAIN, source=Path("/srv") / name))


def test_a_program_that_would_be_taken_for_a_variable_is_refused() -> None:
    """What env(1) sees an = in is no program to it."""
    with pytest.raises(SettingsError, match="for a variable"):
        cron_line(replace(PLAIN, program=("/srv/a=b/importer",)))


def test_a_line_that_cron_would_not_take_is_refused() -> None:
    """With where the options may stand instead."""
    with pytest.raises(SettingsError, match="longer than 990 bytes") as caught:
        cron_line(replace(PLAIN, words=["--map", "ñ" * 500]))
    assert "--profile" in caught.value.hint


@given(crontabs)
def test_all_else_stays_byte_for_byte(crontab: bytes) -> None:
    """Written, written again at another time, and taken away."""
    first = with_entry(crontab, "north", LINE)
    assert first == crontab + f"{mark('north')}\n{LINE}\n".encode()
    again = with_entry(first, "north", ODD_LINE)
    assert again == crontab + f"{mark('north')}\n{ODD_LINE}\n".encode()
    assert without_entry(again, "north") == crontab
    assert without_entry(again, "nort") == again


def test_an_entry_is_replaced_where_it_stands() -> None:
    """Between what else is there, whose order may matter; one that somebody has doubled is one again."""
    entry = f"{mark('north')}\n{LINE}\n".encode()
    changed = with_entry(entry + OTHERS + entry, "north", ODD_LINE)
    assert changed == f"{mark('north')}\n{ODD_LINE}\n".encode() + OTHERS
    assert list(entries(changed)) == [CronEntry("north", ODD_LINE, is_ours=True)]


def test_a_last_line_without_an_end_gets_one() -> None:
    """Else the mark would be a part of it."""
    assert with_entry(b"0 1 * * * a", "north", LINE).startswith(b"0 1 * * * a\n# importer schedule: north\n")


@pytest.mark.parametrize("below", [b"", b"0 1 * * * backup\n", b"#15 6 * * * importer run\n"])
def test_what_somebody_has_put_below_the_mark_is_left_alone(below: bytes) -> None:
    """Another line may be anybody's."""
    crontab = OTHERS + f"{mark('north')}\n".encode() + below
    with pytest.raises(SettingsError, match="stands another line"):
        without_entry(crontab, "north")
    with pytest.raises(SettingsError, match="stands another line"):
        with_entry(crontab, "north", LINE)
    assert [(entry.name, entry.is_ours) for entry in entries(crontab)] == [("north", False)]


def test_another_time_is_still_ours() -> None:
    """Whoever has changed the hour by hand has left the entry what it is."""
    crontab = with_entry(OTHERS, "north", LINE).replace(b"\n15 6 ", b"\n5 7 ")
    assert without_entry(crontab, "north") == OTHERS


@pytest.mark.parametrize(
    ("name", "profile", "source", "found"),
    [
        (None, "north", Path("/a/changes.csv"), "north"),
        ("n2", "north", None, "n2"),
        (None, None, Path("/a/CRM export (new).csv"), "CRM-export-new"),
        (None, None, Path("/a/año.csv"), "a-o"),
    ],
)
def test_a_schedule_is_called_like_its_profile_or_its_file(
    name: str | None, profile: str | None, source: Path | None, found: str
) -> None:
    """Its own name goes before both."""
    assert schedule_name(name, profile, source) == found
    assert marked(mark(found)) == found


@pytest.mark.parametrize("name", ["a b", "-x", "../x", "año", "x.service", "a\nb", "x" * 65, "%n"])
def test_a_name_that_is_none_of_a_unit_is_refused(name: str) -> None:
    """A profile may be called so; then the schedule is called otherwise."""
    for words in ((name, None, None), (None, name, None)):
        with pytest.raises(SettingsError, match="cannot be called") as caught:
            schedule_name(*words)
        assert "--name" in caught.value.hint
    with pytest.raises(SettingsError, match="in that name"):
        schedule_name(None, None, Path("/a/你好.csv"))
    with pytest.raises(SettingsError, match="which schedule"):
        schedule_name(None, None, None)
