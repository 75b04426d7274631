"""What a settings file says by itself, so that a command which names the profile need not say it again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from importer.config.places import usual_config_path
from importer.errors import SettingsError
from importer.reports.saying.calling import Calling
from importer.settings import Settings

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

    from importer.config.settings_file import Layer


def said_by_file(settings: Settings) -> Settings:
    """Return what settings are where nothing says more than their file and their profile: no option, no variable.

    Those are the defaults where there is no file, or where it cannot be used so.
    """
    return _said(settings.standing, settings.profile)


def calling(settings: Settings, profile: str | None) -> Calling:
    """Return how to call a command about a run, from wherever that is.

    Args:
        settings: Say which journal has the run, and which settings file there is.
        profile: The profile that the run had, whether it is still there or not; None for none.
    """
    if not settings.standing:
        return _naming_state(Calling(), settings, _said((), None))
    file = settings.standing[0].file
    named = profile if profile in file.profiles else None
    config = None if file.path == usual_config_path() else file.path
    return _naming_state(Calling(profile=named, config=config), settings, _said(file.layers(named), named))


def _naming_state(call: Calling, settings: Settings, said: Settings) -> Calling:
    state = settings.state_folder()
    return call if state == said.state_folder() else Calling(profile=call.profile, config=call.config, state=state)


def _said(standing: Sequence[Layer], profile: str | None) -> Settings:
    if standing:
        try:
            return _without_environment().load({"profile": profile}, standing)
        except SettingsError:  # what cannot be used here was said otherwise by whoever was at work
            pass
    return Settings.model_construct()


@cache
def _without_environment() -> type[Settings]:
    """Return settings that no variable says anything of: reports are read elsewhere."""

    class WithoutEnvironment(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            sources = super().settings_customise_sources(
                settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
            )
            return tuple(source for source in sources if source is not env_settings)

    return WithoutEnvironment
