"""`importer config show`: the settings that hold, and where each value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.cli.given import Given
from importer.cli.screen.console import answer, terminal_width
from importer.cli.screen.tables import lines
from importer.cli.screen.wrapping import wide
from importer.config.places import standing_layers
from importer.errors import SettingsError
from importer.model.exit_codes import exit_code_of_answer
from importer.ops.settings_origins import DEFAULT, SettingOrigin, origins
from importer.settings import Settings

SCHEMA_VERSION = 1
"""Counts up when a key goes, or means something else; keys may be added without that. See `shown.schema.json`."""


def show(everything: bool, given: Given, as_json: bool) -> int:
    """Show the settings, and return the exit code."""
    layers = standing_layers(given.config, given.profile)
    settings = Settings.load(given.options(), layers)
    path = layers[0].file.path if layers else None
    found = [
        origin
        for origin in origins(settings, given.options(), layers)
        if origin.name != "profile" and (everything or origin.level != DEFAULT)
    ]
    text = json.dumps(_object(settings, found, path)) if as_json else "\n".join(_told(settings, found, path))
    return exit_code_of_answer(printed=answer(text, data=as_json))


def _told(settings: Settings, found: Sequence[SettingOrigin], path: Path | None) -> Iterator[str]:
    profile = "no profile" if settings.profile is None else f"the profile {settings.profile}"
    yield f"The settings file is {path}, with {profile}." if path else "There is no settings file."
    yield _key(settings)
    yield ""
    if found:
        yield from _table(found, terminal_width())
    else:
        yield "All settings are as they are by themselves; --all lists them."


def _table(found: Sequence[SettingOrigin], width: int | None) -> Iterator[str]:
    """Yield a line for each setting; where the terminal is too narrow for one, two."""
    rows = [(origin.name, _value(origin.value), origin.told) for origin in found]
    table = list(lines(("setting", "value", "from"), rows))
    if width is None or max(map(wide, table)) <= width:
        yield from table
        return
    for name, value, told in rows:
        yield f"{name} = {value}"
        yield f"    {told}"


def _value(value: object) -> str:
    """Return a value as a settings file would have it, but for quotation marks around text."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _key(settings: Settings) -> str:
    try:
        source = settings.key_source()
    except SettingsError as error:
        return f"{error.message} {error.hint}"
    if source is None:
        return "Nothing says the API key."
    if source.credential is not None or source.setting == "api_key":
        return f"The API key: {source.place}."
    return f"The API key: {source.setting}, from {source.place}."


def _object(settings: Settings, found: Sequence[SettingOrigin], path: Path | None) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "file": None if path is None else str(path),
        "profile": settings.profile,
        "key": _key_object(settings),
        "settings": [
            {
                "name": origin.name,
                "value": origin.value,
                "from": origin.level,
                "place": origin.place or None,
                "line": origin.line,
            }
            for origin in found
        ],
    }


def _key_object(settings: Settings) -> dict[str, object]:
    try:
        source = settings.key_source()
    except SettingsError as error:
        return {"setting": None, "from": None, "place": None, "error": error.message}
    if source is None:
        return {"setting": None, "from": None, "place": None, "error": None}
    return {"setting": source.setting, "from": source.level, "place": source.place, "error": None}
