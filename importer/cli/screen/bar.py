"""The bar that a person on a terminal sees while rows are sent."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f} rows/s")


def start_bar(stream: TextIO, total: int) -> tuple[Progress, TaskID]:
    """Show a bar for so many rows; each update of its task brings `counts`, the text at its end."""
    bar = Progress(
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=Console(file=stream),
    )
    task = bar.add_task("sending", total=total, counts="")
    bar.start()
    return bar, task
