"""`importer init`: the first settings, asked for or given, written and tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from importer.cli.given import Given
from importer.cli.ops.first_questions import FirstAnswers, FirstQuestions
from importer.cli.screen.console import answer, tell
from importer.cli.screen.next_commands import here
from importer.cli.screen.terminal import Terminal
from importer.config.places import SYSTEM_PATH, path_to_write, user_path
from importer.config.setting_values import DEFAULT_BASE_URL
from importer.config.settings_file import SettingsFile
from importer.config.standing import option_name
from importer.errors import DeclinedError, SettingsError
from importer.model.exit_codes import ExitCode, exit_code_of_answer
from importer.ops.first_answers import expanded, fault_of_answer, fault_of_key_file
from importer.ops.first_settings import Room, write_new
from importer.settings import Settings


def init(given: Given, source: Path | None, output: Path | None, yes: bool) -> int:
    """Write the first settings, try them, and return the exit code."""
    room = Room.find(path_to_write(given.config), given.profile)
    typed = {
        "base_url": given.base_url,
        "group_id": given.group_id,
        "linked_account_id": given.linked_account_id,
        "api_key_file": None if given.api_key_file is None else str(given.api_key_file),
        "state_dir": None if given.state_dir is None else str(given.state_dir),
        "source": None if source is None else str(source),
        "output": None if output is None else str(output),
    }
    options = {name: text for name, text in typed.items() if text is not None}
    for name, text in options.items():
        fault = fault_of_key_file(text) if name == "api_key_file" else fault_of_answer(name, text)
        if fault or not text:
            raise SettingsError(
                f"{option_name(name)} cannot be used: {fault or 'it is empty'}.",
                code="bad_setting",
                hint="Nothing was written.",
            )
    answers = _given(room, options) if yes else _asked(room, options)
    with _key_file(answers):
        room.write(answers.written())
    return _tried(answers)


def _given(room: Room, options: Mapping[str, str]) -> FirstAnswers:
    """Return what options say, and the defaults."""
    base_url = {} if room.inherited("base_url") else {"base_url": DEFAULT_BASE_URL}
    return FirstAnswers(room, {**base_url, **options})


def _asked(room: Room, options: Mapping[str, str]) -> FirstAnswers:
    """Return what a person answers.

    Raises:
        SettingsError: Nobody can be asked.
        DeclinedError: The input has ended.
    """
    terminal = Terminal.find()
    if terminal is None:
        raise SettingsError(
            "Nobody can be asked: there is no terminal, or this process is in the background of it.",
            code="nobody_to_ask",
            hint="Give --yes, and what is to be written as options: `importer init --help` lists them.",
        )
    try:
        with terminal.talk() as talk:
            return FirstQuestions(talk, FirstAnswers(room), options).answers()
    except (EOFError, OSError):
        raise DeclinedError("Nothing was written.", code="declined") from None


@contextmanager
def _key_file(answers: FirstAnswers) -> Iterator[None]:
    """Write the key's file, if one is to be; it goes again where the block fails.

    Raises:
        SettingsError: It cannot be written.
    """
    path = expanded(str(answers.values.get("api_key_file", ""))) if answers.new_key else None
    if path is None:
        yield
        return
    try:
        write_new(path, f"{answers.new_key}\n")
    except OSError as error:
        raise SettingsError(
            f"The API key file {path} cannot be written: {error.strerror or 'unknown error'}.",
            code="key_file_unwritable",
            hint="Nothing was written.",
        ) from None
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _tried(answers: FirstAnswers) -> int:
    """Say what was written, load it, see that the key is one, and return the exit code."""
    room = answers.room
    what = "the settings" if room.profile is None else f"the profile {room.profile}"
    use = "" if room.profile is None else f" It holds with --profile {room.profile}."
    printed = answer(f"Written to {room.path}: {what}.{use}")
    if answers.new_key:
        printed = answer(f"The key is in {expanded(str(answers.values['api_key_file']))}, for you alone.") and printed
    if room.path == user_path() and room.standing is None and SYSTEM_PATH.exists():
        tell(f"Note: {SYSTEM_PATH} is not read for you any more: the first file that is there is the one.")
    settings = Settings.load({"profile": room.profile}, SettingsFile.read(room.path).layers(room.profile))
    for warning in settings.warnings():
        tell(f"Warning: {warning}")
    well = _has_key(settings)
    printed = answer(here("Whether tonight will work: importer doctor")) and printed
    if not well:
        return ExitCode.ATTENTION
    return exit_code_of_answer(printed=printed)


def _has_key(settings: Settings) -> bool:
    """Say whether the key can be read, and return it."""
    try:
        settings.key()
    except SettingsError as error:
        tell(f"The API key is still to come. {error.message}\n  {error.hint}")
        return False
    source = settings.key_source()
    answer(f"The API key can be read: {source.setting}, from {source.place}." if source else "")
    return True
