"""Where the API key comes from: of all places that may name one, the highest that does, and there only one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from importer.errors import SettingsError

if TYPE_CHECKING:
    from importer.config.settings_file import Layer

KEY_SETTINGS: Final = ("api_key", "api_key_file", "key_command", "keyring")
"""The settings that say what the key is, or where to find it."""
CREDENTIAL: Final = "importer-api-key"
"""The name of the systemd credential."""
OPTION: Final = "option"
ENVIRONMENT: Final = "environment"
PROFILE: Final = "profile"
FILE: Final = "settings file"
_CREDENTIALS_DIRECTORY: Final = "CREDENTIALS_DIRECTORY"


@dataclass(frozen=True, slots=True)
class KeySource:
    """What says the key.

    Attributes:
        setting: The setting that does, one of `KEY_SETTINGS`.
        level: What kind of place that is: `OPTION`, `ENVIRONMENT`, `PROFILE` or `FILE`.
        place: Where that is, for a person: `IMPORTER_API_KEY`, or a file and its line.
        credential: The file of a systemd credential; None where it is none.
    """

    setting: str
    level: str
    place: str
    credential: Path | None = None

    @property
    def is_standing(self) -> bool:
        """Whether the settings file says it."""
        return self.level in (PROFILE, FILE)


def chosen_key(
    options: Mapping[str, Any], environment: Mapping[str, str], layers: Sequence[Layer], *, prefix: str
) -> KeySource | None:
    """Return what says the key; None where nothing does.

    Args:
        options: By the names of settings.
        environment: The variables that are not empty, by their names in capitals.
        layers: What the settings file says, the highest first.
        prefix: Of the variables that are settings.

    Raises:
        SettingsError: On the highest level that says a key, there are two that do.
    """
    levels = [
        [KeySource(name, OPTION, f"--{name.replace('_', '-')}") for name in KEY_SETTINGS if name in options],
        _of_environment(environment, prefix),
        *(
            [
                KeySource(name, PROFILE if layer.tables else FILE, layer.place(name))
                for name in KEY_SETTINGS
                if name in layer.values
            ]
            for layer in layers
        ),
    ]
    sources = next(filter(None, levels), None)
    if sources is None:
        return None
    if len(sources) > 1:
        raise _several(sources)
    return sources[0]


def _of_environment(environment: Mapping[str, str], prefix: str) -> list[KeySource]:
    named = [
        KeySource(name, ENVIRONMENT, variable)
        for name in KEY_SETTINGS
        if (variable := f"{prefix}{name.upper()}") in environment
    ]
    folder = environment.get(_CREDENTIALS_DIRECTORY)
    path = Path(folder, CREDENTIAL) if folder else None
    if path is not None and os.path.lexists(path):  # whoever reads it says why that is not possible
        named.append(KeySource("api_key_file", ENVIRONMENT, f"the systemd credential {CREDENTIAL}", path))
    return named


def _several(sources: Sequence[KeySource]) -> SettingsError:
    *others, last = (f"{source.setting} ({source.place})" for source in sources)
    return SettingsError(
        f"Two places say the API key, and neither goes before the other: {', '.join(others)} and {last}.",
        code="key_ambiguous",
        hint="Leave one of them.",
    )
