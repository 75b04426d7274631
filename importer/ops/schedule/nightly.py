"""A run that begins by itself: what is to be called, whoever calls it, and what a schedule is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError
from importer.ops.schedule.moment import Moment

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
ENV: Final = "/usr/bin/env"
_MARK: Final = "# importer schedule: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Nightly:
    """A run that begins by itself.

    Attributes:
        name: Of the schedule.
        program: The words that call the importer from anywhere.
        config: The settings file; None for none.
        profile: Whose settings hold; None for none.
        source: The file that is sent, absolute.
        words: More options of the run, but for those that a unit says in its own way.
        own_words: These: where the key is, and the state directory, as far as options name them.
        key_file: The file that holds the key, absolute; None where the key comes in another way.
    """

    name: str
    moment: Moment
    program: Sequence[str]
    config: Path | None
    profile: str | None
    source: Path
    words: Sequence[str] = ()
    own_words: Sequence[str] = ()
    key_file: Path | None = None

    def command(self, *more: str) -> Sequence[str]:
        """Return the words of the command, which asks nothing; `more` are further options."""
        return (
            *self.program,
            *(("--config", str(self.config)) if self.config else ()),
            "run",
            str(self.source),
            *(("--profile", self.profile) if self.profile else ()),
            *self.words,
            *more,
            "--yes",
        )


def mark(name: str) -> str:
    """Return the line that says of what follows it that the importer wrote it.

    Example: `mark("north")` is `"# importer schedule: north"`.
    """
    return f"{_MARK}{name}"


def marked(line: str) -> str | None:
    """Return the name of the schedule whose mark a line is; None where it is none.

    Example: `marked("# importer schedule: north")` is `"north"`.
    """
    name = line.removeprefix(_MARK)
    return name if name != line and _NAME.fullmatch(name) else None


def schedule_name(name: str | None, profile: str | None, source: Path | None) -> str:
    """Return what a schedule is called: as is said, like its profile, or like its source.

    Raises:
        SettingsError: That is nothing that a unit of systemd can be called, or nobody says it.
    """
    found = name or profile or (re.sub(r"[^A-Za-z0-9_-]+", "-", source.stem).strip("-")[:64] if source else "")
    if _NAME.fullmatch(found):
        return found
    if not found and source is None:
        raise SettingsError(
            "Nothing says which schedule is meant.",
            code="schedule_unnamed",
            hint="Name its profile with --profile, its name with --name, or its file. `importer schedule` lists them.",
        )
    raise SettingsError(
        f"A schedule cannot be called {found!r}."
        if found
        else "Nothing that a schedule can be called is in that name.",
        code="schedule_unnamed",
        hint="Give --name: up to 64 letters of a to z, digits, hyphens and underscores, such as --name north.",
    )


def expect_plain(words: Sequence[str], *, code: str = "path_unusable") -> None:
    """Make sure that words can stand on a line of a text that others read.

    Raises:
        SettingsError: One of them has a line break, another control character, or bytes that are no text.
    """
    for word in words:
        if any(
            sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff" or sign in "\x85\u2028\u2029" for sign in word
        ):
            shown = "".join(sign if sign.isprintable() else "?" for sign in word)
            raise SettingsError(
                f"{shown} cannot stand in a schedule: a line break, or what is no character, is in it.",
                code=code,
                hint="Give the file or the folder another name.",
            )


def expect_no_variable(program: str) -> None:
    """Make sure that env(1) takes a program for one.

    Raises:
        SettingsError: It would be taken for a variable.
    """
    if "=" in program:
        raise SettingsError(
            f"{program} cannot be called by {ENV}, which takes what has a = in it for a variable.",
            code="path_unusable",
            hint="Install the importer into a folder of another name.",
        )
