"""All that is wrong in a settings file, at once: in what holds for all profiles, and in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from importer.config.key_sources import KEY_SETTINGS
from importer.config.misfit import BAD_VALUE, Misfit
from importer.config.setting_faults import faults
from importer.config.settings_file import Layer, SettingsFile
from importer.config.standing import file_name, misfits_of_form, usable_values
from importer.phrases import listed
from importer.settings import Settings, fault_of_id

_CORRECT: Final = "Correct it, or remove it"


class _Standing(Settings):
    """Settings of nothing but what is handed over: what the environment says now is no part of a file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature of pydantic-settings
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from."""
        return (init_settings,)


def misfits(file: SettingsFile) -> Sequence[Misfit]:
    """Return all that is wrong in a settings file, in the order of its lines."""
    above = Layer("the settings file", file, (), file.values)
    found = [*file.misfits, *_of_layer(above), *_of_ids(above, {})]
    for profile in file.profiles:
        layer = file.layer_of(profile)
        found += _of_layer(layer)
        found += _of_ids(layer, _usable(above))
    return sorted(dict.fromkeys(found), key=lambda misfit: (misfit.line or 0, misfit.name))


def fault_of(setting: str, value: object) -> str:
    """Return what is wrong with a value for itself, half a sentence; "" for nothing.

    Args:
        setting: The setting's name.
        value: As somebody has typed it.
    """
    if reason := _faults({setting: value}).get(setting):
        return reason
    ids = ("group_id", "linked_account_id")
    return fault_of_id(str(value).strip(), must_be_uuid=setting == "group_id") if setting in ids else ""


def _of_layer(layer: Layer) -> Iterator[Misfit]:
    """Yield what is wrong with each name and value of a layer for itself, and that two of them say the key."""
    yield from misfits_of_form(layer, Settings.kinds())
    for setting, reason in _faults(usable_values(layer, Settings.kinds())).items():
        yield _misfit(layer, setting, reason)
    keys = [name for name in KEY_SETTINGS if name in layer.values]
    if len(keys) > 1:
        last = max(keys, key=lambda name: layer.file.line(*layer.tables, name) or 0)
        reason = f"{len(keys)} settings say the API key, and none goes before another: {listed(keys)}."
        yield layer.misfit(last, reason, "Leave one of them.", "key_ambiguous")


def _of_ids(layer: Layer, above: Mapping[str, Any]) -> Iterator[Misfit]:
    """Yield which ids are none of the form that ids have where this layer holds.

    Args:
        layer: Has the ids.
        above: The usable values of what holds for all profiles.
    """
    values = _usable(layer)
    must_be_uuid = {**above, **values}.get("customer_id_pattern") is None
    for name in ("group_id", "linked_account_id"):
        given = values.get(name)
        text = None if given is None else str(given).strip()
        if reason := fault_of_id(text, must_be_uuid=must_be_uuid and name == "group_id"):
            yield _misfit(layer, name, reason)


def _usable(layer: Layer) -> dict[str, Any]:
    values = usable_values(layer, Settings.kinds())
    wrong = _faults(values)
    return {name: value for name, value in values.items() if name not in wrong}


def _faults(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what is wrong with which value, by the names of settings."""
    try:
        _Standing(**values)
    except ValidationError as error:
        return dict(faults(error))
    return {}


def _misfit(layer: Layer, setting: str, reason: str) -> Misfit:
    default = Settings.model_fields[setting].default
    usual = "" if default in (None, {}) else f": without it, it is {default}"
    return layer.misfit(file_name(setting), f"{reason[:1].upper()}{reason[1:]}.", f"{_CORRECT}{usual}.", BAD_VALUE)
