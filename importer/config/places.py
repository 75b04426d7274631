"""Where the settings file may lie, and where the journal does unless somebody says so."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from importer.errors import SettingsError

if TYPE_CHECKING:  # what reads the file need not be imported where there is none
    from importer.config.settings_file import Layer, SettingsFile

NAME: Final = "importer.toml"
SYSTEM_PATH: Final = Path("/etc/importer") / NAME
"""The file for all users of a machine."""
_VARIABLE: Final = "IMPORTER_CONFIG"
_PROFILE: Final = "IMPORTER_PROFILE"


def user_path() -> Path:
    """Return where a user's own settings file lies."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only where no file is named

    return user_config_path("importer", appauthor=False) / NAME


def usual_state_folder() -> Path:
    """Return the folder of the journal where nobody names one, absolute: the user's own."""
    from platformdirs import user_state_path  # noqa: PLC0415 - only where no folder is named

    return user_state_path("importer", appauthor=False).absolute()


def config_path(option: Path | None) -> Path | None:
    """Return the path of the settings file: the one that is named, else the user's own, else the machine's.

    None where there is none.

    Args:
        option: Names it, before a variable does.
    """
    named = option or os.environ.get(_VARIABLE) or None
    if named is not None:
        return Path(named).absolute()
    return usual_config_path()


def usual_config_path() -> Path | None:
    """Return the path of the settings file where nobody names one; None where there is none."""
    return next((path for path in (user_path(), SYSTEM_PATH) if _is_there(path)), None)


def path_to_write(option: Path | None) -> Path:
    """Return where a settings file is written: the one that is named, else the user's own."""
    named = option or os.environ.get(_VARIABLE) or None
    return user_path() if named is None else Path(named).absolute()


def settings_file(option: Path | None) -> SettingsFile | None:
    """Return the settings file, read; None where there is none.

    Raises:
        SettingsError: It is named and not there, or cannot be used.
    """
    path = config_path(option)
    if path is None:
        return None
    from importer.config.settings_file import SettingsFile  # noqa: PLC0415 - as above

    return SettingsFile.read(path)


def standing_layers(option: Path | None, profile: str | None) -> Sequence[Layer]:
    """Return what the settings file says, the highest first; nothing where there is none.

    Args:
        option: Names the file.
        profile: What is named by an option; a variable may name one, too.

    Raises:
        SettingsError: There is no such file or profile, or it cannot be used.
    """
    if profile == "":
        raise SettingsError(
            "The option --profile names no profile.",
            code="profile_unknown",
            hint="Put its name behind it, or leave the option out.",
        )
    profile = profile or os.environ.get(_PROFILE) or None
    file = settings_file(option)
    if file is not None:
        return file.layers(profile)
    if profile is None:
        return ()
    raise SettingsError(
        f"There is no profile {profile!r}, since there is no settings file.",
        code="profile_unknown",
        hint=f"Write one to {user_path()}, or name it with `importer --config FILE`. `importer init` writes one.",
    )


def _is_there(path: Path) -> bool:
    """Return whether there is a file; one that cannot be looked at is there, and whoever reads it says why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return os.access(path.parent, os.F_OK)
    return True
