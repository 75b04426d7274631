"""How a command is to be called so that it has the settings of a run, and finds its journal."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAME: Final = "importer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What a command names that is not so by itself.

    Attributes:
        profile: Of the settings file; None for none.
        config: The settings file, where another one would be found, or none.
        state: The state directory, where another one would be used.
    """

    profile: str | None = None
    config: Path | None = None
    state: Path | None = None

    @property
    def options(self) -> str:
        """What stands behind a command, from a blank on, quoted for a shell; "" for nothing."""
        profile = "" if self.profile is None else f" --profile {shlex.quote(self.profile)}"
        return profile + ("" if self.state is None else f" --state {shlex.quote(str(self.state))}")

    @property
    def program(self) -> str:
        """What stands in front of a command, quoted for a shell.

        Example: `Calling(config=Path("/my settings.toml")).program` is `"importer --config '/my settings.toml'"`.
        """
        return _NAME if self.config is None else f"{_NAME} --config {shlex.quote(str(self.config))}"

    def command(self, command: str) -> str:
        """Return a command, which begins with `importer`, so that it names all that; "" for ""."""
        return f"{self.program}{command.removeprefix(_NAME)}{self.options}" if command else ""


NOTHING_NAMED: Final = Calling()
"""Nothing has to be named."""
