"""What is said with `-q`: nothing before the end, and one line where there is something to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import click


@dataclass(slots=True)
class OneLine:
    """Holds back what a command has to say until its exit code is known: cron mails what is said, line by line."""

    _cause: list[str] = field(default_factory=list)
    _beside: list[str] = field(default_factory=list)

    @classmethod
    def of_command(cls) -> OneLine:
        """Return that of the command that is running."""
        return click.get_current_context().ensure_object(cls)

    def say(self, text: str) -> None:
        """Take in what is wrong."""
        self._cause.append(" ".join(text.split()))

    def mention(self, text: str) -> None:
        """Take in what a person should know beside that, whatever the exit code."""
        self._beside.append(" ".join(text.split()))

    def lines(self, *, well: bool) -> Sequence[str]:
        """Return what is to be printed: one line where something is wrong, with what is beside that in brackets."""
        if well:
            return [*self._cause, *self._beside]
        beside = [f"({text})" for text in self._beside] if self._cause else self._beside
        return list(filter(None, [" ".join((*self._cause, *beside))]))
