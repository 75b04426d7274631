"""What is said of what begins runs by itself, and how that is found out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from importer.ops.doctor.about_timers import about_timers
from importer.ops.doctor.finding import Finding
from importer.ops.doctor.timer_look import SeenTimer, TimerLook, timers_seen

TIMER = SeenTimer(
    "north",
    "systemd",
    "importer run changes.csv --profile north --yes",
    next_at="Wed 2026-12-02 06:15:12 UTC",
    last_at="Tue 2026-12-01 06:15:31 UTC",
    result="success",
    status=0,
)
LINE = SeenTimer("south", "cron", "/usr/bin/importer run s.csv --profile south --yes", when="15 6 * * *")
CRON_RUNS = TimerLook((), is_cron_running=True, is_lingering=False)


def said(*timers: SeenTimer, profile: str | None = None, look: TimerLook = CRON_RUNS, **variables: str) -> Finding:
    """Return what is said of some timers."""
    return about_timers(replace(look, timers=timers), profile, variables, "ana")


def test_nothing_that_begins_runs_is_no_fault() -> None:
    """Somebody may begin them by hand."""
    assert (said().grade, said().values["timers"]) == ("fine", [])


def test_what_begins_a_run_is_told_with_its_times() -> None:
    """And how the last one ended."""
    found = said(TIMER, LINE)
    assert found.grade == "fine"
    assert found.found == (
        "systemd north, next Wed 2026-12-02 06:15:12 UTC, last Tue 2026-12-01 06:15:31 UTC; cron south, 15 6 * * *"
    )
    assert found.values["timers"] == ["importer-north.timer", "cron south"]
    assert found.values["last_at"] == "Tue 2026-12-01 06:15:31 UTC"


def test_only_those_of_the_profile_count() -> None:
    """By their name, or by what they call; the others are counted."""
    assert said(TIMER, LINE, profile="north").values["timers"] == ["importer-north.timer"]
    assert said(replace(TIMER, name="nightly"), profile="north").values["timers"] == ["importer-nightly.timer"]
    assert said(TIMER, LINE, profile="nor").found.endswith("(2 others)")


@pytest.mark.parametrize(
    ("timer", "look", "words", "to_do"),
    [
        (replace(TIMER, is_active=False), CRON_RUNS, "is not active", "systemctl enable --now importer-north.timer"),
        (
            replace(TIMER, by="systemd --user", is_active=False),
            CRON_RUNS,
            "is not active",
            "systemctl --user enable --now importer-north.timer",
        ),
        (LINE, replace(CRON_RUNS, is_cron_running=False), "cron is not running", "enable --now cron"),
        (replace(TIMER, by="systemd --user"), CRON_RUNS, "when ana logs out", "loginctl enable-linger ana"),
    ],
)
def test_what_would_not_begin_is_wrong(timer: SeenTimer, look: TimerLook, words: str, to_do: str) -> None:
    """It is there, and nothing will happen tonight."""
    found = said(timer, look=look)
    assert (found.grade, words in found.found, to_do in found.to_do) == ("wrong", True, True)


def test_what_nobody_knows_is_not_wrong() -> None:
    """Other users' processes may be hidden; and the systemd of a user who lingers goes on."""
    assert said(LINE, look=replace(CRON_RUNS, is_cron_running=None)).grade == "fine"
    assert said(replace(TIMER, by="systemd --user"), look=replace(CRON_RUNS, is_lingering=True)).grade == "fine"


def test_a_run_that_ended_badly_is_a_warning() -> None:
    """With its exit code."""
    found = said(replace(TIMER, result="exit-code", status=4))
    assert (found.grade, "exit code 4" in found.found) == ("warning", True)


def test_variables_that_are_not_there_at_night_are_named_and_not_shown() -> None:
    """What holds in this shell holds in no other."""
    found = said(LINE, IMPORTER_API_KEY="s3cret", IMPORTER_PROFILE="south", PATH="/bin")
    assert found.grade == "warning"
    assert "IMPORTER_API_KEY of this shell is not there at night" in found.found
    assert "s3cret" not in repr(found)
    assert said(LINE, IMPORTER_PROFILE="south").grade == "fine"
    assert said(IMPORTER_API_KEY="s3cret").grade == "fine"


SHOWN = """\
Id=importer-north.timer
ActiveState=active
UnitFileState=enabled
NextElapseUSecRealtime=Wed 2026-12-02 06:15:12 UTC
LastTriggerUSec=n/a
Unit=importer-north.service

Id=importer-south.timer
ActiveState=inactive
UnitFileState=disabled
NextElapseUSecRealtime=
LastTriggerUSec=Tue 2026-12-01 06:15:31 UTC
Unit=importer-south.service
"""
SERVICES = """\
Id=importer-north.service
Result=success
ExecMainStatus=0
ExecStart={ path=/v/importer ; argv[]=/v/importer run x.csv --profile n --yes ; ignore_errors=no ; pid=0 }

Id=importer-south.service
Result=exit-code
ExecMainStatus=4
"""
CRONTAB = """\
MAILTO=ana
# importer schedule: west
15 6 * * 1-5 /usr/bin/env PATH=/bin '/home/año b/importer' run 'a b.csv' --profile west --yes
# importer schedule: gone

# 0 1 * * * importer run off.csv
@daily cd /data && importer run by-hand.csv --yes
30 2 * * * /usr/bin/backup importer
"""


def _told(command: Sequence[str]) -> str:
    """Answer as systemctl and crontab do."""
    if command[0] == "crontab":
        return CRONTAB
    if "--user" in command:
        return ""
    if "list-unit-files" in command:
        return "importer-north.timer enabled enabled\nimporter-south.timer disabled enabled\n"
    return SERVICES if "importer-north.service" in command else SHOWN


def test_timers_and_lines_are_found() -> None:
    """Those of systemd whether they are active or not; of cron those that are marked, and those that look like it."""
    look = timers_seen("nobody-of-that-name", _told)
    assert not look.is_lingering
    assert [(timer.name, timer.by, timer.is_active, timer.when) for timer in look.timers] == [
        ("north", "systemd", True, ""),
        ("south", "systemd", False, ""),
        ("west", "cron", True, "15 6 * * 1-5"),
        ("", "cron", True, "@daily"),
    ]
    north, south, west, _ = look.timers
    assert (north.next_at, north.last_at, north.result, north.status) == (
        "Wed 2026-12-02 06:15:12 UTC", "", "success", 0,
    )  # fmt: skip
    assert north.is_of("n")
    assert not north.is_of("nor")
    assert (south.last_at, south.status) == ("Tue 2026-12-01 06:15:31 UTC", 4)
    assert west.command.startswith("/usr/bin/env PATH=/bin /home/año b/importer run a b.csv")
    assert west.is_of("west")


def test_where_nothing_answers_there_is_nothing() -> None:
    """No systemd, no cron, no crontab."""
    assert timers_seen("ana", lambda _: "").timers == ()


def test_a_proxy_of_this_shell_is_told_as_what_is_scheduled_tells_it() -> None:
    """It is not there at night either."""
    assert "HTTPS_PROXY of this shell is not there at night" in said(LINE, HTTPS_PROXY="http://proxy").found
