"""Each setting, and where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from importer.config.key_sources import ENVIRONMENT, FILE, KEY_SETTINGS, OPTION, PROFILE
from importer.config.settings_file import Layer
from importer.config.standing import file_name, option_name
from importer.settings import ENV_PREFIX, Settings, variables

DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """A setting's value, and where it comes from.

    Attributes:
        name: As a settings file has it.
        value: As JSON has it; None where nothing is set.
        level: `OPTION`, `ENVIRONMENT`, `PROFILE`, `FILE` or `DEFAULT`.
        place: The option, the variable or the file, and "" of a default.
        line: In that file, from 1.
    """

    name: str
    value: object
    level: str
    place: str = ""
    line: int | None = None

    @property
    def told(self) -> str:
        """Where it comes from, for a person who knows which file it is."""
        if self.level in (PROFILE, FILE):
            return self.level if self.line is None else f"{self.level}, line {self.line}"
        return self.place or self.level


def origins(settings: Settings, options: Mapping[str, Any], layers: Sequence[Layer]) -> Iterator[SettingOrigin]:
    """Yield all settings but those that say the key, in the order in which they are declared.

    Args:
        settings: What came of it.
        options: What was given, by the names of settings.
        layers: What the settings file says, the highest first.
    """
    shown = settings.model_dump(mode="json", exclude=set(KEY_SETTINGS))
    known = variables()
    for setting, value in shown.items():
        name, variable = file_name(setting), f"{ENV_PREFIX}{setting.upper()}"
        layer = next((layer for layer in layers if name in layer.values), None)
        if options.get(setting) is not None:
            yield SettingOrigin(name, value, OPTION, option_name(setting))
        elif variable in known:
            yield SettingOrigin(name, value, ENVIRONMENT, variable)
        elif layer is not None:
            line = layer.file.line(*layer.tables, name)
            yield SettingOrigin(name, value, PROFILE if layer.tables else FILE, str(layer.file.path), line)
        else:
            yield SettingOrigin(name, value, DEFAULT)
