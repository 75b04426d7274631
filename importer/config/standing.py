"""What stands in a settings file, as settings take it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from importer.config.misfit import BAD_VALUE, Misfit, shown_name
from importer.config.setting_kinds import OR_WHOLE, SettingKind, fault_of_kind
from importer.errors import SettingsError

if TYPE_CHECKING:
    from importer.config.settings_file import Layer

_OTHER_NAMES: Final = {"state_dir": "state"}
"""Settings that options and files call otherwise."""
_OF_FILES: Final = {other: name for name, other in _OTHER_NAMES.items()}
NEVER_IN_FILES: Final = frozenset({"api_key", "profile", "older_journal"})
"""Settings that have no place in a file."""
_A_KEY: Final = re.compile(
    r"(?:importer|manage|customers?|api|access|auth|bearer|client|private|secret|x)*"
    r"(?:key|token|secret|pass(?:word|wd|phrase)?|pwd|auth|authorization|bearer|credentials?)"
)
"""What somebody may call the key itself, in lower case and without signs."""
_IN_FILES_ONLY: Final = ("shares_base_url",)
"""What is true of a profile, and not of whatever is sent from some shell."""
_NO_KEY: Final = (
    'Take the key out of the file, and say where it is: api_key_file = "FILE" (chmod 600), key_command = ["pass",'
    ' "show", "importer"] or keyring = "importer/north"; or give it in IMPORTER_API_KEY. Who could read the file may'
    " know it: have it replaced."
)
_SAID_OTHERWISE: Final = {
    "profile": "A profile is named by --profile, or by IMPORTER_PROFILE.",
    "config": "The file itself is named by `importer --config FILE`, or by IMPORTER_CONFIG.",
    "older_journal": "It is said each time, by --older-journal.",
    "map": "Do you mean columns?",
}
_A_PROFILE: Final = "A profile begins with a line such as [profiles.north]."
_NAMES: Final = "`importer config schema` names all settings."


def file_name(setting: str) -> str:
    """Return what a setting is called in a settings file.

    Example: `file_name("state_dir")` is `"state"`.
    """
    return _OTHER_NAMES.get(setting, setting)


def setting_name(name: str) -> str:
    """Return the setting that a name in a settings file stands for.

    Example: `setting_name("state")` is `"state_dir"`.
    """
    return _OF_FILES.get(name, name)


def option_name(setting: str) -> str:
    """Return the option of a setting.

    Example: `option_name("state_dir")` is `"--state"`.
    """
    return f"--{file_name(setting).replace('_', '-')}"


def standing_values(layer: Layer, kinds: Mapping[str, SettingKind]) -> Mapping[str, Any]:
    """Return the values that stand in a settings file, by the names of their settings.

    Args:
        layer: What stands there.
        kinds: All settings, each with what it takes.

    Raises:
        SettingsError: A name is none of a setting, or is one that has no place in a file; or a value is of another
            kind than its setting takes.
    """
    for misfit in misfits_of_form(layer, kinds):
        raise misfit.error(layer.file.path)
    return usable_values(layer, kinds)


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


def usable_values(layer: Layer, kinds: Mapping[str, SettingKind]) -> Mapping[str, Any]:
    """Return the values of which name and kind are right, by the names of their settings."""
    usable = _usable(kinds)
    named = {setting_name(name): value for name, value in layer.values.items() if name in usable}
    return {
        name: _taken(layer, name, kinds[name], value)
        for name, value in named.items()
        if not fault_of_kind(name, kinds[name], value)
    }


def misfits_of_form(layer: Layer, kinds: Mapping[str, SettingKind]) -> Iterator[Misfit]:
    """Yield each name that is none of a setting, or has no place in a file, and each value that is of another kind."""
    usable = _usable(kinds)
    for name, value in layer.values.items():
        if name in usable:
            setting = setting_name(name)
            if reason := fault_of_kind(setting, kinds[setting], value):
                yield layer.misfit(name, reason, "Correct it, or remove it.", BAD_VALUE)
        elif _A_KEY.fullmatch(re.sub(r"[\W_]", "", name.lower())):
            yield layer.misfit(name, "The API key itself must not stand in this file.", _NO_KEY, "key_in_settings_file")
        else:
            hint = _meant(name, usable, is_table=isinstance(value, dict | list) and not layer.tables)
            yield layer.misfit(name, f"There is no setting {shown_name(name)!r}.", hint, "unknown_setting")


def _usable(settings: Collection[str]) -> Collection[str]:
    """Return the names that may stand in a file."""
    return sorted(file_name(name) for name in settings if name not in NEVER_IN_FILES)


def _meant(name: str, usable: Collection[str], *, is_table: bool) -> str:
    """Return what to do about a name that is none: the nearest right one, if any is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    meant = re.sub(r"[\s-]+", "_", name.strip().lower()).strip("_").removeprefix("importer_")
    meant = _OTHER_NAMES.get(meant, meant)
    if meant not in usable and is_table:
        return f"{_A_PROFILE} {_NAMES}"
    if meant in _SAID_OTHERWISE:
        return _SAID_OTHERWISE[meant]
    near = get_close_matches(meant, usable, n=1, cutoff=0.6)
    return f"Do you mean {near[0]}?" if near else _NAMES


def _taken(layer: Layer, name: str, kind: SettingKind, value: Any) -> Any:  # noqa: ANN401 - whatever TOML has
    """Return a value as its setting takes it."""
    if name in OR_WHOLE:
        return str(value)
    return absolute_path(layer, value) if kind is SettingKind.PATH else value


def absolute_path(layer: Layer, value: str) -> Path:
    """Return a path of a file as it is meant: from the folder of the file on, with ~ for the home."""
    return layer.file.path.parent / Path(value).expanduser()
