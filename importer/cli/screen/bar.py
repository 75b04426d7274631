"""The bar that a person on a terminal sees while rows are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TimeRemainingColumn
from rich.text import Text

_NARROW: Final = 60
_WIDE_BAR: Final = 30
_NARROW_BAR: Final = 10


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f} rows/s")


class SendingBar(Progress):
    """A bar with what became of the rows so far, and what is waited for, in lines of their own below it.

    Args:
        stream: The terminal.
        width: Returns how many characters a line of it has by now: its window may be made narrower meanwhile.
    """

    def __init__(self, stream: TextIO, width: Callable[[], int]) -> None:
        self._waiting = ""
        self.stopping = ""
        """What stands below it from now on in place of what is waited for; a signal may set it at any moment."""
        self._width = width
        count = MofNCompleteColumn()
        self._narrow = BarColumn(bar_width=_NARROW_BAR), count
        self._wide = BarColumn(bar_width=_WIDE_BAR), count, _Rate(), TimeRemainingColumn()
        self._console = Console(file=stream, width=width(), highlight=False, markup=False)
        super().__init__(console=self._console)

    def wait(self, text: str) -> None:
        """Show what is waited for; "" for nothing."""
        self._waiting = text
        self.refresh()

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield the lines, as wide as the terminal is now: one that it breaks would be left behind each time."""
        self._console.width = self._width()
        self.columns = self._wide if self._console.width >= _NARROW else self._narrow
        yield self.make_tasks_table(self.tasks)
        yield from (Text(task.fields["counts"]) for task in self.tasks if task.fields["counts"])
        if told := self.stopping or self._waiting:
            yield Text(told)


def start_bar(stream: TextIO, total: int, width: Callable[[], int]) -> tuple[SendingBar, TaskID]:
    """Show a bar for so many rows; each update of its task brings `counts`, what became of them so far."""
    bar = SendingBar(stream, width)
    task = bar.add_task("sending", total=total, counts="")
    bar.start()
    return bar, task
