"""The JSON Schema of a settings file, for editors: made from the settings themselves."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

from importer.config.key_sources import KEY_SETTINGS
from importer.config.setting_kinds import AUTO, OR_WHOLE, SettingKind
from importer.config.settings_file import PROFILE_NAME, PROFILES
from importer.config.standing import NEVER_IN_FILES, file_name
from importer.ops.settings_texts import meanings
from importer.settings import Settings

_MADE_BY: Final = "https://json-schema.org/draft/2020-12/schema"
_NOT_BLANK: Final = r"\S"
_BOUNDS: Final = ("minimum", "exclusiveMinimum", "maximum", "enum", "additionalProperties", "items")
"""What pydantic knows of a value that a schema says in the same words."""
_ID: Final = r"^\s*(?!\.\.?\s*$)[A-Za-z0-9_.~-]{1,128}\s*$"
_PATTERNS: Final[Mapping[str, str]] = {
    "base_url": r"^\s*[Hh][Tt][Tt][Pp][Ss]?://",
    "group_id": _ID,
    "linked_account_id": _ID,
    "keyring": r"^\s*[^-/\s][^/]*/[\s\S]*\S",
    "max_errors": r"^\s*([0-9]+|[^%]+%)\s*$",
}
"""What else a schema can say of text."""


def settings_schema() -> dict[str, Any]:
    """Return the schema of a settings file, in draft 2020-12."""
    made = Settings.model_json_schema()["properties"]
    kinds = Settings.kinds()
    usable = [name for name in kinds if name not in NEVER_IN_FILES]
    told = meanings()
    definitions = {file_name(name): _one(name, kinds[name], made[name], told.get(name, "")) for name in usable}
    references = {name: {"$ref": f"#/$defs/{name}"} for name in definitions}
    one_key = [{"not": {"required": list(pair)}} for pair in combinations((n for n in KEY_SETTINGS if n in usable), 2)]
    layer = {"type": "object", "additionalProperties": False, "allOf": one_key}
    profile = {
        **layer,
        "description": "What holds with --profile NAME, and wins over the rest.",
        "properties": references,
    }
    profiles = {
        "type": "object",
        "description": "A table for each group, account or partner.",
        "propertyNames": {"pattern": f"^{PROFILE_NAME}$"},
        "additionalProperties": profile,
    }
    return {
        "$schema": _MADE_BY,
        "$id": "urn:importer:settings:1",
        "title": "Settings of importer",
        "description": "What may stand in importer.toml. The API key itself never does.",
        **layer,
        "properties": {**references, PROFILES: profiles},
        "$defs": definitions,
    }


def _one(name: str, kind: SettingKind, made: Mapping[str, Any], meaning: str) -> dict[str, Any]:
    """Return the schema of a setting's value.

    Args:
        name: The setting's.
        kind: What it takes in a file.
        made: What pydantic makes of it.
        meaning: What it is.
    """
    facts = next((each for each in made.get("anyOf", ()) if each.get("type") != "null"), made)
    bounds = {word: facts[word] for word in _BOUNDS if word in facts}
    if "$ref" in bounds.get("additionalProperties", {}):
        bounds["additionalProperties"] = {"enum": _fields()}
    found = {**_of_kind(name, kind), **bounds}
    if name in AUTO:
        found = {"anyOf": [{"type": "string", "pattern": r"^\s*[Aa][Uu][Tt][Oo]\s*$"}, found]}
    if name in OR_WHOLE:
        found = {"anyOf": [{"type": "integer", "minimum": 0}, found]}
    default = made.get("default")
    return {
        **({"description": meaning} if meaning else {}),
        **found,
        **({} if default is None else {"default": default}),
    }


def _of_kind(name: str, kind: SettingKind) -> dict[str, Any]:
    match kind:
        case SettingKind.TRUTH:
            return {"type": "boolean"}
        case SettingKind.WHOLE:
            return {"type": "integer"}
        case SettingKind.NUMBER:
            return {"type": "number"}
        case SettingKind.WORDS:
            return {"type": "array", "prefixItems": [{"type": "string", "pattern": "^/|^[^/]+$"}], "minItems": 1}
        case SettingKind.MAPPING:
            return {"type": "object", "propertyNames": {"pattern": _NOT_BLANK}}
        case SettingKind.TEXT | SettingKind.PATH:
            return {"type": "string", "pattern": _PATTERNS.get(name, _NOT_BLANK)}


def _fields() -> list[str]:
    from importer.model.source import Field  # noqa: PLC0415 - beside its only use

    return [field.value for field in Field]
