"""The commands that a report tells a person to type next."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from importer.model.modes import Mode
from importer.model.run import Summary, Target
from importer.model.source import Detected, Field, SourceInfo
from importer.model.statuses import Status
from importer.reports.saying.commands import fix_command, no_place, send_command
from importer.sheets.reading import AS_IT_IS, Reading

SAID = Reading(
    sheet="May",
    header_row=3,
    delimiter="\t",
    quote="",
    escape="\\",
    encoding="cp1250",
    columns={"Mail's name": Field.EMAIL},
)
TARGET = Target("https://api.reverepayments.dev", "g-1", "a-1")


def _summary(path: str, *, mode: Mode = Mode.RUN, target: Target = TARGET, source: str = "csv") -> Summary:
    return Summary(
        run_id="k3f9abcd",
        version="1",
        mode=mode,
        exit_code=1,
        stop_reason=None,
        started_at="",
        finished_at=None,
        seconds=0.0,
        source=SourceInfo("/in/a", None, "", detected=Detected(format=source)),
        target=target,
        statuses=dict.fromkeys(Status, 0),
        attempts=0,
        reports={"to_fix": path} if path else {},
    )


def test_what_is_needed_is_said_again_and_quoted() -> None:
    """The columns, the dialect and the target; not where the header was, nor the sheet: the file has one of each."""
    command = fix_command(_summary("/out/my run/to_fix.csv"), SAID, sandbox=False)
    assert "'/out/my run/to_fix.csv'" in command
    assert shlex.split(command) == [
        *("importer", "run", "/out/my run/to_fix.csv", "--group-id", "g-1", "--linked-account-id", "a-1"),
        *("--map", "Mail's name=email", "--delimiter", "tab", "--quote", "none", "--escape", "\\"),
        *("--encoding", "cp1250"),
    ]


@pytest.mark.parametrize(("path", "source"), [("/out/to_fix.xlsx", "csv"), ("/out/to_fix.csv", "xlsx")])
def test_the_dialect_is_said_of_text_that_was_written_as_the_source_was(path: str, source: str) -> None:
    """A workbook has none, and what is written from one has that of Excel, which is found out."""
    assert "--delimiter" not in fix_command(_summary(path, source=source), SAID, sandbox=False)


def test_the_way_of_the_run_is_the_way_of_its_fix() -> None:
    """A rehearsal, a check and a dry run are followed by the same; another API is named."""
    elsewhere = Target("https://staging.example.com", None, None)
    assert fix_command(_summary("/a.csv"), AS_IT_IS, sandbox=True) == "importer run /a.csv --sandbox"
    checked = _summary("/a.csv", mode=Mode.CHECK, target=Target(""))
    assert fix_command(checked, AS_IT_IS, sandbox=False) == "importer check /a.csv"
    dry = _summary("/a.csv", mode=Mode.DRY_RUN, target=elsewhere)
    told = "importer run /a.csv --dry-run --base-url https://staging.example.com"
    assert fix_command(dry, AS_IT_IS, sandbox=False) == told
    assert fix_command(_summary(""), AS_IT_IS, sandbox=False) == ""


def test_what_was_checked_is_sent_as_it_was_read() -> None:
    """All that somebody had to say of the sheet is said again, and what kept rows from being sent keeps them still."""
    said = replace(SAID, visible_only=True)
    checked = replace(_summary("", mode=Mode.CHECK), redacted=True)
    assert shlex.split(send_command(checked, said, sandbox=False, more_options=["--strict"])) == [
        *("importer", "run", "/in/a", "--group-id", "g-1", "--linked-account-id", "a-1"),
        *("--sheet", "May", "--header-row", "3", "--map", "Mail's name=email", "--delimiter", "tab"),
        *("--quote", "none", "--escape", "\\", "--encoding", "cp1250"),
        *("--visible-only", "--strict", "--redact"),
    ]
    dry = _summary("", mode=Mode.DRY_RUN, target=Target(""), source="xlsx")
    assert send_command(dry, AS_IT_IS, sandbox=True, more_options=()) == "importer run /in/a --sandbox"


def test_nothing_sends_what_was_sent_or_is_nowhere() -> None:
    """A run is retried or resumed; what came from standard input is where nobody knows."""
    assert send_command(_summary(""), AS_IT_IS, sandbox=False, more_options=()) == ""
    checked = _summary("", mode=Mode.CHECK)
    assert send_command(checked, AS_IT_IS, sandbox=False, more_options=None) == ""
    piped = _summary("", mode=Mode.CHECK)
    piped = replace(piped, source=replace(piped.source, path="-"))
    assert send_command(piped, AS_IT_IS, sandbox=False, more_options=()) == ""


@pytest.mark.parametrize(
    ("target", "columns", "told"),
    [
        (Target(""), [], ["a group (--group-id)", "an account (--linked-account-id)"]),
        (Target("", "g-1"), [], ["an account (--linked-account-id)"]),
        (Target("", None, "a-1"), ["group_id"], []),
    ],
)
def test_a_command_that_would_be_refused_is_none(target: Target, columns: list[str], told: list[str]) -> None:
    """A run has to know where to send to, by an option or by a column; a check does not."""
    checked = _summary("", mode=Mode.CHECK, target=target)
    detected = Detected(format="csv", columns=dict.fromkeys(columns, "Header"))
    checked = replace(checked, source=replace(checked.source, detected=detected))
    assert no_place(checked) == told
    assert bool(send_command(checked, AS_IT_IS, sandbox=False, more_options=())) == (not told)
