"""What is wrong in a settings file, as a value: a command tells the first, `importer config validate` all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError

BAD_VALUE: Final = "bad_setting"
"""The code of a value that cannot be used."""
_LONGEST_NAME: Final = 40
"""A longer one is none that anybody has thought up, but perhaps a key."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong in a settings file.

    Attributes:
        line: From 1; None where nobody knows it.
        name: What it is about, as it stands there, with the tables around it: `profiles.north.timeout`; "" for none.
        reason: What is wrong with it, a sentence that shows no value.
        hint: What to do, a sentence.
        code: As an error has it.
    """

    line: int | None
    name: str
    reason: str
    hint: str
    code: str

    def error(self, path: Path) -> SettingsError:
        """Return it as the error of a command that needs the file at `path`."""
        place = str(path) if self.line is None else f"{path}, line {self.line}"
        if self.code == BAD_VALUE:
            reason = f"{self.reason[:1].lower()}{self.reason[1:]}"
            return SettingsError(f"{self.name} in {place} cannot be used: {reason}", code=self.code, hint=self.hint)
        return SettingsError(f"{place}: {self.reason}", code=self.code, hint=self.hint)

    def told(self, path: Path) -> str:
        """Return it as compilers tell what is wrong: `FILE:LINE: name: what is wrong. What to do.`."""
        line = "" if self.line is None else f"{self.line}:"
        name = f" {self.name}:" if self.name else ""
        return f"{path}:{line}{name} {self.reason} {self.hint}"


def shown_name(name: str) -> str:
    """Return a name of a settings file as messages show it.

    Example: `shown_name("x" * 41)` is `"…"`.
    """
    return name if len(name) <= _LONGEST_NAME and name.isprintable() else "…"
