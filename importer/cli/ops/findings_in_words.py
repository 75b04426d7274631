"""What `importer doctor` has found, for people: a line each, and below it what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

import click

from importer.cli.screen.wrapping import laid_out
from importer.ops.doctor.finding import NAMES, Finding, Grade
from importer.phrases import listed
from importer.reports.saying.figures import counted

_COLOURS: Final = {Grade.FINE: "green", Grade.WARNING: "yellow", Grade.WRONG: "red"}
_GRADE: Final = max(map(len, Grade)) + 2
_INDENT: Final = _GRADE + max(map(len, NAMES)) + 2


def told_findings(findings: Sequence[Finding], *, least: Grade, width: int | None) -> Iterator[str]:
    """Yield the lines of findings.

    Args:
        findings: In the order in which they are shown.
        least: What is less bad is left out.
        width: Of a line of the terminal; None where it is none.
    """
    order = list(Grade)
    for finding in findings:
        if order.index(finding.grade) < order.index(least):
            continue
        sign = click.style(f"{finding.grade:<{_GRADE}}", fg=_COLOURS[finding.grade])
        begin = f"{sign}{finding.name:<{_INDENT - _GRADE}}"
        for text in filter(None, (_from_home(finding.found), finding.to_do)):
            for line in laid_out(text, None if width is None else width - _INDENT).split("\n"):
                yield f"{begin}{line}"
                begin = " " * _INDENT


def _from_home(text: str) -> str:
    """Return a text whose paths are those of a person: from the home on. What is to be typed stays whole."""
    home = os.path.expanduser("~")  # noqa: PTH111 - it may be none, which is no error here
    return text.replace(f"{home}/", "~/") if len(home) > 1 else text


def verdict_line(findings: Sequence[Finding]) -> str:
    """Return in a sentence whether a run would work."""
    wrong, warnings = (
        [finding.name for finding in findings if finding.grade is grade] for grade in (Grade.WRONG, Grade.WARNING)
    )
    unwise = f"{counted(len(warnings), 'warning')} ({listed(warnings)})" if warnings else ""
    if not wrong:
        return f"Nothing is in the way of a run{f'; {unwise}' if unwise else ''}."
    told = f"{counted(len(wrong), 'thing is', 'things are')} wrong ({listed(wrong)})"
    return f"A run would fail: {told}{f'; {unwise}' if unwise else ''}."
