"""The settings, and the key among them: where they come from, and whether all of them are usable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.config.places import usual_state_folder
from importer.config.setting_values import usable_url
from importer.config.standing import absolute_path, file_name
from importer.errors import SettingsError
from importer.ops.doctor.finding import Finding, fine, wrong
from importer.phrases import listed
from importer.settings import ENV_PREFIX, Settings

if TYPE_CHECKING:
    from importer.config.settings_file import Layer


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Where a run would send to and keep its journal, as far as that is known.

    Attributes:
        base_url: None where nobody knows.
        state: The state directory, absolute.
    """

    base_url: str | None
    state: Path


def about_settings(file: Path | None, settings: Settings | SettingsError) -> Finding:
    """Return what is to be said of the settings.

    Args:
        file: The settings file; None where there is none.
        settings: The settings, or why there are none.
    """
    values = {"file": None if file is None else str(file)}
    if isinstance(settings, SettingsError):
        return wrong("settings", settings.message.removesuffix("."), settings.hint, profile=None, **values)
    profile = settings.profile
    of_profile = f", profile {profile}" if profile else ", no profile"
    where = "no settings file; options and the environment are all" if file is None else f"{file}{of_profile}"
    missing = [
        name for name, value in (("group", settings.group_id), ("account", settings.linked_account_id)) if not value
    ]
    of_rows = f"; rows must name their own {listed(missing)}" if missing else ""
    return fine("settings", f"{where}{of_rows}", profile=profile, **values)


def places(settings: Settings) -> KnownPlaces:
    """Return what the settings say."""
    return KnownPlaces(settings.base_url, settings.state_folder())


def places_in_spite(options: Mapping[str, Any], environment: Mapping[str, str], layers: Sequence[Layer]) -> KnownPlaces:
    """Return the same where some setting, whatever it is, cannot be used: all else is still to be looked at.

    Args:
        options: By the names of settings.
        environment: The variables that are not empty, by their names in capitals.
        layers: What the settings file says, the highest first; nothing where that cannot be read.
    """
    try:
        base_url = usable_url(
            str(_highest("base_url", options, environment, layers) or Settings.model_fields["base_url"].default)
        )
    except ValueError:
        base_url = None
    state = _highest("state_dir", options, environment, layers)
    return KnownPlaces(base_url, usual_state_folder() if state is None else Path(state).absolute())


def _highest(
    name: str, options: Mapping[str, Any], environment: Mapping[str, str], layers: Sequence[Layer]
) -> str | None:
    """Return the value of a setting that wins; None where nobody says it."""
    given = options.get(name) or environment.get(f"{ENV_PREFIX}{name.upper()}")
    if given is not None:
        return str(given)
    layer = next((layer for layer in layers if isinstance(layer.values.get(file_name(name)), str)), None)
    if layer is None:
        return None
    value = str(layer.values[file_name(name)])
    return value if name == "base_url" else str(absolute_path(layer, value))
