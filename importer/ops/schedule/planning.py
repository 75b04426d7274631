"""What is to be written, of what was asked for; and what whoever asks should know."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError, SourceError
from importer.ops.schedule.at_night import left_behind
from importer.ops.schedule.nightly import Nightly
from importer.ops.schedule.scheduled import Beginner
from importer.ops.schedule.unit_text import UnitWishes
from importer.phrases import listed
from importer.settings import Settings
from importer.source_paths import expect_file

_LINGERING: Final = Path("/var/lib/systemd/linger")
_OF_COMMANDS: Final = frozenset({"key_command", "keyring"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNight:
    """What was asked for.

    Attributes:
        beginner: What begins the run.
        nightly: The run, but for its key.
        settings: Those that hold at night.
        log_file: Of the run, absolute; None for none.
        sends: Whether it needs a key.
        run_as: The user of a system unit; None for one that systemd makes up.
        on_failure: A unit that is begun where a run does not end with 0.
    """

    beginner: Beginner
    nightly: Nightly
    settings: Settings
    log_file: Path | None = None
    sends: bool = True
    run_as: str | None = None
    on_failure: str | None = None

    @property
    def is_made_up(self) -> bool:
        """Whether it runs as a user whom systemd makes up."""
        return self.beginner is Beginner.SYSTEM and self.run_as is None


def key_file(settings: Settings, environment: Mapping[str, str]) -> Path | None:
    """Return the file that holds the key at night; None where the key comes in another way.

    Raises:
        SettingsError: Nothing says the key at night, or the file has none.
    """
    source = settings.key_source()
    if source is None:
        here = [name for name in left_behind(environment) if "KEY" in name.upper()]
        told = f" What is set in this shell, {listed(here)}, is not there at night." if here else ""
        raise SettingsError(
            f"Nothing says the API key at night.{told}",
            code="key_missing",
            hint='Put it into a file (chmod 600), and name that in the settings file, api_key_file = "FILE", or here:'
            " -- --api-key-file FILE",
        )
    if source.setting != "api_key_file" or settings.api_key_file is None:
        return None
    settings.key()
    return settings.api_key_file.absolute()


def unit_wishes(asked: AskedNight) -> UnitWishes:
    """Return how units are to be made."""
    settings, is_system = asked.settings, asked.beginner is Beginner.SYSTEM
    own_output = asked.is_made_up and settings.output is None
    reports = settings.output.absolute() if settings.output else asked.nightly.source.parent
    source = settings.key_source() if asked.sends else None
    # A user's manager has no folder of its own for states: before systemd 254 it would be that of the settings.
    state = None if is_system and settings.state_dir is None else settings.state_folder()
    written = {
        None if own_output else reports,
        # Its parent: beside a state directory a run writes a mark, by which an older copy is known.
        state.parent if state else None,
        asked.log_file.parent if asked.log_file else None,
    }
    return UnitWishes(
        system=is_system,
        run_as=asked.run_as,
        state=state,
        written=sorted(path for path in written if path is not None),
        own_output=own_output,
        on_failure=asked.on_failure,
        timeout_s=settings.timeout,
        runs_others=source is not None and source.setting in _OF_COMMANDS,
    )


def expect_source(source: Path) -> bool:
    """Return whether the source is there already; an export may come later.

    Raises:
        SourceError: It can never be: even its folder is not there, or it is something else than a file.
    """
    try:
        expect_file(source)
    except SourceError as error:
        if error.code != "source_missing" or not source.parent.is_dir():
            raise
        return False
    return True


def notes(asked: AskedNight, *, is_there: bool, environment: Mapping[str, str], user: str) -> Iterator[str]:
    """Yield what whoever asks for it should know, a sentence or two each.

    Args:
        asked: What is asked for.
        is_there: Whether the source is.
        environment: Of now.
        user: The name of whoever asks; "" where nobody knows it.
    """
    if not is_there:
        yield f"There is no file {asked.nightly.source} yet; a night without it ends with 3."
    if names := left_behind(environment):
        yield (
            f"{listed(names)} {'is' if len(names) == 1 else 'are'} set here, and not at night: what should hold then"
            " belongs into the settings file, or behind --."
        )
    yield from asked.settings.warnings()
    source = asked.settings.key_source() if asked.sends else None
    if source is not None and source.setting == "keyring" and asked.beginner is not Beginner.USER:
        yield "A keyring is mostly open only while its user is logged in; a file for the key is there every night."
    if source is not None and source.setting == "key_command" and asked.beginner is Beginner.SYSTEM:
        yield "key_command is called within the limits of the unit, and may write nowhere else."
    if asked.beginner is Beginner.USER and user and not (_LINGERING / user).exists():
        yield (
            "The timers of a user rest while that user is not logged in, unless this is typed once:"
            f" loginctl enable-linger {user}"
        )
    if asked.is_made_up:
        yield from _closed(asked)


def _closed(asked: AskedNight) -> Iterator[str]:
    nightly = asked.nightly
    read = [Path(nightly.program[0]), *([nightly.config] if nightly.config else []), nightly.source]
    written = unit_wishes(asked).written
    paths = [
        *(path for path in read if _is_closed(path, stat.S_IROTH)),
        *(p for p in written if _is_closed(p, stat.S_IWOTH)),
    ]
    if paths:
        yield (
            f"The unit runs as a user of its own, who has no right to {listed([str(path) for path in paths])}: give"
            " --run-as USER, or put that elsewhere."
        )


def _is_closed(path: Path, right: int) -> bool:
    """Return whether others lack a right to what is at a path, or the way to it; what is not there is not closed."""
    try:
        steps = [parent.stat().st_mode & stat.S_IXOTH for parent in path.parents]
        return not all(steps) or not path.stat().st_mode & right
    except OSError:
        return False


def missing_folders(wishes: UnitWishes) -> Sequence[Path]:
    """Return the folders that have to be made before the units can begin: what is not there cannot be written.

    Raises:
        SettingsError: One is not there that only its owner can make.
    """
    missing = [path for path in wishes.written if not path.is_dir()]
    if missing and wishes.system:
        raise SettingsError(
            f"There is no folder {missing[0]}, in which the run is to write.",
            code="folder_missing",
            hint="Make it, for the user as whom the unit runs.",
        )
    return missing
