"""What stands in a settings file, as settings take it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from importer.errors import SettingsError

if TYPE_CHECKING:
    from importer.config.settings_file import Layer

_OTHER_NAMES: Final = {"state_dir": "state"}
"""Settings that options and files call otherwise."""
_OF_FILES: Final = {other: name for name, other in _OTHER_NAMES.items()}
_PATHS: Final = frozenset({"output", "state_dir", "api_key_file"})
"""In a file, these are meant from its folder on."""
_IN_FILES_ONLY: Final = ("shares_base_url",)
"""What is true of a profile, and not of whatever is sent from some shell."""
_NEVER_IN_FILES: Final = frozenset({"api_key", "profile", "older_journal"})
_KEYS: Final = frozenset({"apikey", "importerapikey", "key", "token", "apitoken", "secret", "password", "bearer"})
_NO_KEY: Final = (
    'Take the key out of the file, and say where it is: api_key_file = "FILE" (chmod 600), key_command = ["pass",'
    ' "show", "importer"] or keyring = "importer/north"; or give it in IMPORTER_API_KEY. Who could read the file may'
    " know it: have it replaced."
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong in a settings file.

    Attributes:
        line: From 1; None where nobody knows it.
        name: The setting, as it stands there.
        reason: What is wrong with it, a sentence.
        hint: What to do, a sentence.
        code: As an error has it.
    """

    line: int | None
    name: str
    reason: str
    hint: str
    code: str


def file_name(setting: str) -> str:
    """Return what a setting is called in a settings file.

    Example: `file_name("state_dir")` is `"state"`.
    """
    return _OTHER_NAMES.get(setting, setting)


def option_name(setting: str) -> str:
    """Return the option of a setting.

    Example: `option_name("state_dir")` is `"--state"`.
    """
    return f"--{file_name(setting).replace('_', '-')}"


def standing_values(layer: Layer, settings: Collection[str]) -> Mapping[str, Any]:
    """Return the values that stand in a settings file, by the names of their settings.

    Args:
        layer: What stands there.
        settings: The names of all settings.

    Raises:
        SettingsError: A name is none of a setting, or is one that has no place in a file.
    """
    for fault in misfits_of_names(layer, settings):
        raise SettingsError(f"{layer.place(fault.name)}: {fault.reason}", code=fault.code, hint=fault.hint)
    named = {_OF_FILES.get(name, name): value for name, value in layer.values.items()}
    return {name: _absolute(layer, value) if name in _PATHS else value for name, value in named.items()}


def expect_no_variables(variables: Collection[str], prefix: str) -> None:
    """Raise `SettingsError` where a variable says what only a settings file may say."""
    for name in _IN_FILES_ONLY:
        variable = f"{prefix}{name.upper()}"
        if variable in variables:
            raise SettingsError(
                f"{variable} cannot be used: that is said in a settings file, and nowhere else.",
                code="bad_setting",
                hint=f"Put {name} into the profile, and unset {variable}.",
            )


def misfits_of_names(layer: Layer, settings: Collection[str]) -> Iterator[Misfit]:
    """Yield every name that is none of a setting, or is one that has no place in a file."""
    usable = sorted(file_name(name) for name in settings if name not in _NEVER_IN_FILES)
    for name in layer.values:
        line = layer.file.lines.get((*layer.tables, name))
        plain = name.lower().replace("-", "").replace("_", "").replace(" ", "")
        if plain in _KEYS:
            yield Misfit(line, name, "The API key itself must not stand in this file.", _NO_KEY, "key_in_settings_file")
        elif name not in usable:
            yield Misfit(line, name, f"There is no setting {name!r}.", _nearest(name, usable), "unknown_setting")


def _nearest(name: str, usable: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    meant = name.strip().lower().replace("-", "_").replace(" ", "_").removeprefix("importer_")
    meant = _OTHER_NAMES.get(meant, meant)
    near = get_close_matches(meant, usable, n=1, cutoff=0.6)
    if near:
        return f"Do you mean {near[0]}?"
    if meant == "profile":
        return "A profile is named by --profile, or by IMPORTER_PROFILE."
    return "`importer config schema` names all settings."


def _absolute(layer: Layer, value: Any) -> Any:  # noqa: ANN401 - what is no text is refused where it is checked
    """Return a path of a file as it is meant: from the folder of the file on, with ~ for the home."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return layer.file.path.parent / Path(value).expanduser()
    except RuntimeError:  # there is no such user
        return layer.file.path.parent / value
