"""What a command was given, as values: each has the options that its fields are named for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from importer.config.places import standing_layers
from importer.errors import SettingsError
from importer.settings import Settings
from importer.sheets.reading import CODES, Reading

if TYPE_CHECKING:  # the commands that need no order need not pay for it
    from importer.story.order import Order

_NAMED_CHARACTERS: Final = {
    "tab": "\t",
    "\\t": "\t",
    "space": " ",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "colon": ":",
    "none": "",
    "backslash": "\\",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The options that are settings, by the names of these; None where something else says it.

    Attributes:
        config: The settings file, where an option names it.
    """

    config: Path | None = None
    profile: str | None = None
    group_id: str | None = None
    linked_account_id: str | None = None
    base_url: str | None = None
    api_key_file: Path | None = None
    state_dir: Path | None = None
    concurrency: str | None = None
    rate: str | None = None
    timeout: str | None = None
    max_attempts: str | None = None
    max_errors: str | None = None
    canary: str | None = None
    strict: bool | None = None
    skip_unchanged: bool | None = None
    skip_unchanged_days: str | None = None
    wait: str | None = None
    older_journal: bool | None = None
    settle: str | None = None
    visible_only: bool | None = None
    warnings_as_errors: bool | None = None
    refuse_cut_off: bool | None = None
    encoding: str | None = None
    columns: Mapping[str, str] | None = None
    keep_runs_days: str | None = None
    keep_checks_days: str | None = None

    def settings(self) -> Settings:
        """Return the settings of a command.

        Raises:
            SettingsError: One of them cannot be used.
        """
        return Settings.load(self.options(), standing_layers(self.config, self.profile))

    def settings_again(self, saved: Mapping[str, object], *, sends: bool = True) -> Settings:
        """Return the settings of an earlier run, but for what is given anew.

        Its profile holds for what is of now, the key above all, unless another one is named.

        Args:
            saved: What that run has kept of its own.
            sends: The key is needed, and goes to where that run has sent.

        Raises:
            SettingsError: One of them cannot be used, or the settings file says the key, and sends elsewhere by now:
                it is for there.
        """
        named = self.profile or os.environ.get("IMPORTER_PROFILE")
        of_run = saved.get("profile")
        profile = named or (None if of_run is None else str(of_run))
        try:
            standing = standing_layers(self.config, profile)
        except SettingsError as error:
            if named or error.code != "profile_unknown":
                raise
            if sends:
                error.hint = f"The run was begun with it; go on with another one, --profile NAME. {error.hint}"
                raise
            standing = standing_layers(self.config, None)
        settings = Settings.again(saved, self.options() | {"profile": profile}, standing)
        if sends:
            _expect_same_place(settings, Settings.load({"profile": profile}, standing))
        return settings

    def options(self) -> dict[str, object]:
        """Return what was given, by the names of settings."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "config"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The options that say how a source is to be read, but for those that are settings; None: it is found out."""

    sheet: str | None = None
    header_row: int | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None

    def reading(self, settings: Settings) -> Reading:
        """Return how a source is to be read.

        Raises:
            SettingsError: An option is not what it must be.
        """
        return Reading(
            sheet=self.sheet,
            header_row=self.header_row,
            delimiter=_characters(self.delimiter),
            quote=_character("--quote", self.quote),
            escape=self.escape if self.escape == CODES else _character("--escape", self.escape),
            encoding=settings.encoding,
            visible_only=settings.visible_only,
            columns=settings.columns,
            customer_id_pattern=settings.customer_id_pattern,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The options that say which reports are wanted; None: as they are by themselves, or as they were."""

    output: Path | None = None
    form: Literal["csv", "xlsx"] | None = None
    more_columns: Sequence[str] | None = None
    redact: bool | None = None

    def wished(self, order: Order) -> Order:
        """Return an order for such reports."""
        return replace(
            order,
            output=self.output or order.output,
            form=self.form or order.form,
            more_columns=order.more_columns if self.more_columns is None else self.more_columns,
            redact=order.redact if self.redact is None else self.redact,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a command talks.

    Attributes:
        quiet: 0 shows how it goes and what came of it; 1 one line where something is wrong; 2 errors only.
        yes: Never ask.
    """

    as_json: bool = False
    quiet: int = 0
    verbose: bool = False
    yes: bool = False
    log_file: Path | None = None


def _expect_same_place(settings: Settings, of_now: Settings) -> None:
    """Raise `SettingsError` where a key that a settings file names would be sent to another place than that says."""
    if not settings.has_standing_key or settings.base_url == of_now.base_url:
        return
    what = "The settings file" if of_now.profile is None else f"The profile {of_now.profile}"
    raise SettingsError(
        f"{what} is for {of_now.base_url}, and this run for {settings.base_url}.",
        code="profile_of_another_place",
        hint=f"Name a profile for {settings.base_url} with --profile, or give the key with --api-key-file: one that the"
        " settings file names is sent nowhere else.",
    )


def _characters(character: str | None) -> str | None:
    return None if character is None else _NAMED_CHARACTERS.get(character.strip().lower(), character)


def _character(option: str, character: str | None) -> str | None:
    sign = _characters(character)
    if sign is not None and len(sign) > 1:
        raise SettingsError(
            f"{option} cannot be used: it is {len(sign)} characters, and must be one, or none.",
            code="bad_setting",
            hint=f"Leave {option} out: it is found out.",
        )
    return sign
