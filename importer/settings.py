"""Every setting, once: its name, its default and its bounds. `IMPORTER_<NAME>` in the environment sets it.

An option of the command line wins over the environment, which wins over the profile, which wins over the rest of the
settings file, which wins over the default.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from importer.api_key import checked_key, is_open_to_others, read_key
from importer.config.key_sources import KEY_SETTINGS, KeySource, chosen_key
from importer.config.places import usual_state_folder
from importer.config.setting_faults import faults
from importer.config.setting_kinds import SettingKind, kind_of
from importer.config.setting_values import (
    DEFAULT_BASE_URL,
    column_mapping,
    error_limit,
    keyring_entry,
    number_or_auto,
    path_segment,
    regular_expression,
    text_encoding,
    usable_url,
    words,
)
from importer.config.standing import expect_no_variables, file_name, option_name, standing_values
from importer.disk import Access
from importer.errors import SettingsError
from importer.ids import is_number, is_uuid, says_nothing
from importer.model.source import Field as SheetField

if TYPE_CHECKING:
    from importer.config.settings_file import Layer

ENV_PREFIX: Final = "IMPORTER_"
CEILING: Final = 64
"""Requests in flight at most, whatever is asked for, where requests sends them."""
FAST_CEILING: Final = 256
"""The same where libcurl does."""
_GIVEN_ANEW: Final = frozenset({"concurrency", "wire", "rate", "timeout", "max_attempts", "max_errors", "wait"})
"""What a run that is gone on with takes from the environment of now; the rest was settled when it began."""
_NEVER_KEPT: Final = frozenset({"state_dir", "older_journal", "report_access", *KEY_SETTINGS})
"""What is said by whoever goes on with a run, or by nobody."""
_STANDING: ContextVar[Mapping[str, Any]] = ContextVar("standing", default=MappingProxyType({}))
"""What the settings file says, while settings are made of it."""

PathSegment = Annotated[str, AfterValidator(path_segment)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Settings(BaseSettings):
    """What a command runs with.

    Attributes:
        profile: The name of the profile, in the settings file, that some of them are from; None for none.
        base_url: Where the API is; plain http is for this machine only.
        group_id: The group of rows that do not name their own.
        linked_account_id: The account of rows that do not name their own.
        api_key: The key itself.
        api_key_file: A file that holds the key and nothing else.
        key_command: The words of a command that prints the key.
        keyring: The service and the user of the keyring's entry that holds the key, with a slash between them.
        source: The file that `importer schedule` has sent where none is named.
        output: The parent in which run folders are made; None for the folder of the source.
        report_access: Who may read the reports: `owner`, or their `group` too.
        state_dir: The folder of the journal; None for the user's state directory.
        concurrency: Requests in flight at most; None for as many as the API works on at once.
        wire: What sends: `requests`, `curl`, or the faster one of those that are installed.
        timeout: Seconds for a whole attempt.
        rate: Requests per second at most; None for no such limit.
        max_attempts: Tries of a row.
        backoff: Seconds of the longest wait after a row's first try; it doubles with each further one.
        max_backoff: Seconds of the longest wait between two tries.
        max_retry_after: Seconds; where the API asks for a longer wait, the run stops.
        max_rate_limited: Seconds of nothing but 429 after which the run stops.
        max_outage: Seconds for which an API that shows no life is waited for.
        retry_budget: Retries of all rows together: so many.
        retry_share: And so many for each row that was tried.
        api_errors: What counts as a refusal of the API itself: `json`, or `any` answer.
        max_errors: Rows that may go wrong before the run stops, as `N` or `P%`; None for any number.
        canary: So many of the first rows go alone, and stop the run if any of them is not confirmed.
        strict: Send nothing if any row is invalid.
        skip_unchanged: Do not send a row that says what was last confirmed of its customer.
        skip_unchanged_days: No confirmation is relied on for longer.
        wait: Seconds to wait for another run that sends to the same place.
        shares_base_url: Send beside a run of another group that says so too: each sends to its own group only, with
            half of the ceiling and the rate. It stands in a settings file only.
        older_journal: Go on with a run, or retry it, though the journal is older than what was done with it.
        settle: Seconds for which the source must have stood still before it is read.
        keep_days: What a run keeps of people's data is erased after so many days.
        keep_runs_days: The rows of a run are kept in the journal for so many days.
        keep_checks_days: The same of checks and dry runs.
        max_reply_bytes: No more of a reply is read.
        max_name_length: Characters of a first or last name.
        customer_id_pattern: A regular expression for ids that are no UUIDs.
        international_addresses: Accept addresses with letters that are not ASCII.
        warnings_as_errors: Do not send a row that has a warning.
        refuse_cut_off: Do not send the last row of a text file where its line has no end as all others have.
        encoding: Of text that is neither UTF-8 nor UTF-16 or 32.
        visible_only: Leave out rows that are hidden in the sheet.
        max_archive_files: Files in a workbook, which is an archive, or in a .zip.
        max_unpacked_mb: What it may unpack to, in MiB.
        max_unpack_ratio: How many times its size it may unpack to.
        reading_memory_mb: What parsing a workbook may take beside 40 times its size, in MiB.
        reading_seconds: How long the processor may work on the first MiB of a workbook; it is 3 for each further one.
        own_workbook_rows: Up to so many rows, a workbook is annotated as it is; a larger one becomes a plain sheet.
        columns: Which of the source's columns hold which fields, by their headers.
        chunk_rows: Rows that are read and checked at a time.
    """

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    profile: str | None = None
    base_url: Annotated[str, AfterValidator(usable_url)] = DEFAULT_BASE_URL
    group_id: PathSegment | None = None
    linked_account_id: PathSegment | None = None
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    key_command: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(words)] = None
    keyring: Annotated[str, AfterValidator(keyring_entry)] | None = None
    source: Path | None = None
    output: Path | None = None
    report_access: Access = "owner"
    state_dir: Path | None = None
    concurrency: Annotated[int | None, BeforeValidator(number_or_auto)] = Field(default=None, ge=1, le=FAST_CEILING)
    rate: float | None = Field(default=None, ge=0.001, le=100_000)
    wire: Literal["auto", "requests", "curl"] = "auto"
    timeout: float = Field(default=30.0, gt=0, le=600)
    max_attempts: int = Field(default=5, ge=1, le=100)
    backoff: Seconds = 0.5
    max_backoff: Seconds = 30.0
    max_retry_after: Seconds = 120.0
    max_rate_limited: Seconds = 300.0
    max_outage: Seconds = 60.0
    retry_budget: int = Field(default=20, ge=0, le=1_000_000)
    retry_share: float = Field(default=0.1, ge=0, le=100)
    api_errors: Literal["json", "any"] = "json"
    max_errors: Annotated[str, AfterValidator(error_limit)] | None = None
    canary: int = Field(default=0, ge=0)
    strict: bool = False
    skip_unchanged: bool = False
    skip_unchanged_days: float = Field(default=30.0, gt=0, le=36_500)
    wait: Seconds = 0.0
    shares_base_url: bool = False
    older_journal: bool = False
    settle: Seconds = 0.0
    keep_days: float = Field(default=30.0, ge=0, le=36_500)
    keep_runs_days: float = Field(default=400.0, ge=0, le=36_500)
    keep_checks_days: float = Field(default=30.0, ge=0, le=36_500)
    max_reply_bytes: int = Field(default=1 << 20, ge=1, le=1 << 30)
    max_name_length: int = Field(default=255, ge=1, le=32_767)
    customer_id_pattern: Annotated[str, AfterValidator(regular_expression)] | None = None
    international_addresses: bool = False
    warnings_as_errors: bool = False
    refuse_cut_off: bool = False
    encoding: Annotated[str, AfterValidator(text_encoding)] | None = None
    visible_only: bool = False
    max_archive_files: int = Field(default=10_000, ge=1, le=1_000_000)
    max_unpacked_mb: int = Field(default=2048, ge=1, le=1_048_576)
    max_unpack_ratio: int = Field(default=200, ge=1, le=1_000_000)
    reading_memory_mb: int = Field(default=220, ge=64, le=1_048_576)
    reading_seconds: float = Field(default=1.5, ge=0.1, le=86_400)
    own_workbook_rows: int = Field(default=100_000, ge=0, le=1_048_576)
    columns: Annotated[Mapping[str, SheetField], NoDecode, BeforeValidator(column_mapping)] = {}
    chunk_rows: int = Field(default=5000, ge=1, le=1_000_000)

    _key_source: KeySource | SettingsError | None = PrivateAttr(default=None)
    _standing: Sequence[Layer] = PrivateAttr(default=())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature of pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, the highest first."""
        return (init_settings, env_settings, InitSettingsSource(settings_cls, dict(_STANDING.get())))

    @classmethod
    def load(cls, options: Mapping[str, Any], standing: Sequence[Layer] = ()) -> Self:
        """Return the settings: `options` that are not None, then the environment, `standing`, and the defaults.

        Args:
            options: By the names of settings.
            standing: What the settings file says, the highest first.

        Raises:
            SettingsError: A value cannot be used; the message names where it was given, and never shows a key. The
                group must be a UUID, unless ids have another form.
        """
        settings = cls._made(options, standing)
        for name in ("group_id", "linked_account_id"):
            must_be_uuid = name == "group_id" and settings.customer_id_pattern is None
            if reason := fault_of_id(getattr(settings, name), must_be_uuid=must_be_uuid):
                raise _explained(name, reason, options, standing)
        return settings

    @classmethod
    def _made(cls, options: Mapping[str, Any], standing: Sequence[Layer]) -> Self:
        """Return the settings, each of which is usable for itself; raise `SettingsError` where one is not."""
        given = {name: value for name, value in options.items() if value is not None}
        expect_no_variables(variables(), ENV_PREFIX)
        # A value takes the place of a lower one, whole: pydantic-settings would put tables together.
        of_file = dict(ChainMap(*(dict(standing_values(layer, cls.kinds())) for layer in standing)))
        try:
            key: KeySource | SettingsError | None = chosen_key(given, variables(), standing, prefix=ENV_PREFIX)
        except SettingsError as error:
            key = error  # of whoever needs the key
        if isinstance(key, KeySource):
            # Whatever else names a key is on a lower level.
            given |= {name: None for name in KEY_SETTINGS if name != key.setting}
            given |= {"api_key_file": key.credential} if key.credential else {}
        token = _STANDING.set({name: value for name, value in of_file.items() if name not in given})
        try:
            settings = cls(**given)
        except ValidationError as error:
            name, reason = next(faults(error))
            raise _explained(name, reason, options, standing) from None
        finally:
            _STANDING.reset(token)
        settings._key_source, settings._standing = key, standing
        return settings

    @classmethod
    def again(cls, saved: Mapping[str, object], options: Mapping[str, Any], standing: Sequence[Layer] = ()) -> Self:
        """Return the settings of an earlier run, but for what is given anew: options, ceilings, and the key.

        Args:
            saved: What `public` returned when that run began. Names that are no settings any more are left out.
            options: As for `load`.
            standing: The same.

        Raises:
            SettingsError: A value cannot be used.
        """
        given = {name: value for name, value in options.items() if value is not None}
        of_now = cls._made(options, standing).model_fields_set & _GIVEN_ANEW
        names = saved.keys() & cls.model_fields.keys() - of_now - _NEVER_KEPT
        kept = {name: saved[name] for name in names}
        # The rows of a run of an older version were held to no group.
        return cls._made({"shares_base_url": False, **kept, **given}, standing)

    @classmethod
    def kinds(cls) -> Mapping[str, SettingKind]:
        """Return all settings, each with the kind of value that it takes in a settings file."""
        return {name: kind_of(field.annotation) for name, field in cls.model_fields.items()}

    @property
    def rest_s(self) -> float | None:
        """How long a confirmation is relied on at most, in seconds; None where rows are sent whatever was confirmed."""
        return self.longest_rest_s if self.skip_unchanged else None

    @property
    def longest_rest_s(self) -> float:
        """How long a confirmation is relied on at most by whoever asks for that, in seconds."""
        return self.skip_unchanged_days * 86_400

    @property
    def keep_s(self) -> float:
        """How long an unfinished run keeps what it takes to resume it, in seconds."""
        return self.keep_days * 86_400

    @property
    def standing(self) -> Sequence[Layer]:
        """What the settings file says, which they are from as far as nothing higher says otherwise."""
        return self._standing

    def state_folder(self) -> Path:
        """Return the folder of the journal, absolute."""
        return usual_state_folder() if self.state_dir is None else self.state_dir.absolute()

    def key_source(self) -> KeySource | None:
        """Return what says the key; None where nothing does.

        Raises:
            SettingsError: Two places do, of which neither goes before the other.
        """
        if isinstance(self._key_source, SettingsError):
            raise self._key_source
        return self._key_source

    @property
    def has_standing_key(self) -> bool:
        """Whether the settings file says the key."""
        return isinstance(self._key_source, KeySource) and self._key_source.is_standing

    def key(self) -> SecretStr:
        """Return the API key, from the one place that says it.

        Raises:
            SettingsError: There is no key, or it is none that can be sent; the message does not show it.
        """
        self.key_source()
        from importer.config.key_command import hint_of_keyring, key_from, keyring_command  # noqa: PLC0415 - for sending

        if self.api_key is not None:
            text, where = self.api_key.get_secret_value(), f"{ENV_PREFIX}API_KEY"
        elif self.api_key_file is not None:
            text, where = read_key(self.api_key_file), str(self.api_key_file)
        elif self.key_command is not None:
            text, where = key_from(self.key_command, "The key_command"), "what key_command prints"
        elif self.keyring is not None:
            command, hint = keyring_command(self.keyring), hint_of_keyring(self.keyring)
            text, where = key_from(command, "The keyring", hint), f"the keyring, under {self.keyring}"
        else:
            raise SettingsError(
                "There is no API key.",
                code="key_missing",
                hint=f"Put it into {ENV_PREFIX}API_KEY, or into a file and name that with --api-key-file.",
            )
        return SecretStr(checked_key(text, where))

    def warnings(self) -> Iterator[str]:
        """Yield what is unwise, though it works, in sentences."""
        is_credential = isinstance(self._key_source, KeySource) and self._key_source.credential is not None
        path = None if is_credential else self.api_key_file  # systemd keeps others out of its own in another way
        if self.api_key is None and path is not None and is_open_to_others(path):
            yield f"Others on this machine can read the API key file {path}; `chmod 600` it."

        if (
            not self.skip_unchanged
            and self.skip_unchanged_days != type(self).model_fields["skip_unchanged_days"].default
        ):
            yield "How old a confirmation may be (--skip-unchanged-days) is of no matter without --skip-unchanged."

    def public(self) -> dict[str, object]:
        """Return the settings as JSON can hold them, without the key and where it is kept."""
        return self.model_dump(mode="json", exclude=set(KEY_SETTINGS))


def fault_of_id(text: str | None, *, must_be_uuid: bool) -> str:
    """Return what is wrong with an id to which rows are sent that do not name their own; "" for nothing."""
    if text is None:
        return ""
    if says_nothing(text):
        return "it is what programs write where there is no value"
    if is_number(text):
        return "it is a number as programs write it, and digits of the id may be lost"
    if must_be_uuid and not is_uuid(text):
        form = "32 digits and letters a to f with hyphens between them"
        return f"it must have {form}, unless {ENV_PREFIX}CUSTOMER_ID_PATTERN says that ids look otherwise"
    return ""


def variables() -> Mapping[str, str]:
    """Return the variables of the environment that are not empty, by their names in capitals."""
    return {name.upper(): value for name, value in os.environ.items() if value}


def _explained(name: str, reason: str, options: Mapping[str, Any], standing: Sequence[Layer]) -> SettingsError:
    """Return the error of a setting that cannot be used: where it was given, and what to do."""
    default = Settings.model_fields[name].default if name in Settings.model_fields else None
    usual = "" if default in (None, {}) else f": without it, it is {default}"
    variable, in_file = f"{ENV_PREFIX}{name.upper()}", file_name(name)
    layer = next((layer for layer in standing if in_file in layer.values), None)
    if options.get(name) is not None or (variable not in variables() and layer is None):
        where = option_name(name)
        hint = f"Correct {where}; `importer run --help` says what it means."
    elif variable in variables() or layer is None:
        where, hint = variable, f"Correct {variable}, or remove it from the environment{usual}."
    else:
        where, hint = f"{in_file} in {layer.place(in_file)}", f"Correct it there, or remove it{usual}."
    return SettingsError(f"{where} cannot be used: {reason[:1].lower()}{reason[1:]}.", code="bad_setting", hint=hint)
