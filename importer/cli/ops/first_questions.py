"""What is asked where settings are written for the first time, and what was answered."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from importer.api_key import checked_key
from importer.cli.screen.terminal import Talk
from importer.config.setting_values import DEFAULT_BASE_URL
from importer.config.standing import file_name
from importer.errors import SettingsError
from importer.ops.first_answers import as_written, expanded, fault_of_answer, fault_of_key_file, from_home
from importer.ops.first_settings import Room, Value
from importer.ops.settings_check import fault_of
from importer.settings import ENV_PREFIX

_KEY_PLACES: Final = ("file", "command", "variable", "keyring")
_PATHS: Final = frozenset({"state_dir", "source", "output", "api_key_file"})
_NO_FILE: Final = "none; `importer schedule` names it"
_BESIDE: Final = "the folder of each sheet"
_ROWS_SAY_IT: Final = "each row says it"


@dataclass(slots=True)
class FirstAnswers:
    """What is to be written.

    Attributes:
        room: Where.
        values: By the names of settings; texts as they were typed.
        new_key: The key, where its file is to be written too.
    """

    room: Room
    values: dict[str, Value] = field(default_factory=dict)
    new_key: str = field(default="", repr=False)

    def written(self) -> Mapping[str, Value]:
        """Return what stands in the file then, by the names that settings have there."""
        folder = self.room.path.parent
        return {
            file_name(name): as_written(value, folder) if name in _PATHS and isinstance(value, str) else value
            for name, value in self.values.items()
        }


@dataclass(frozen=True, slots=True)
class FirstQuestions:
    """The questions, one after the other; each is asked until its answer can be used."""

    talk: Talk
    result: FirstAnswers
    options: Mapping[str, str]

    def answers(self) -> FirstAnswers:
        """Ask all of them."""
        room = self.result.room
        what = "the settings" if room.profile is None else f"the profile {room.profile}"
        self.talk.say(f"This writes {what} to {from_home(room.path)}. Enter takes what is in brackets; Ctrl-C ends it.")
        self._ask("base_url", "Where is the API", default=DEFAULT_BASE_URL)
        self._ask("group_id", "The group of rows that do not name their own", unset=_ROWS_SAY_IT)
        self._ask("linked_account_id", "The account of rows that do not name their own", unset=_ROWS_SAY_IT)
        self._key()
        self._ask("source", "The file that is sent every night", unset=_NO_FILE)
        self._ask("output", "The folder for reports", unset=_BESIDE)
        return self.result

    def _ask(self, setting: str, question: str, *, default: str = "", unset: str = "") -> None:
        """Ask for a setting.

        Args:
            setting: Its name.
            question: What is asked.
            default: Is written where nothing is answered; what holds for all profiles already is not written again.
            unset: What holds where nothing is written, in words.
        """
        inherited = self.result.room.inherited(file_name(setting))
        offered = self.options.get(setting) or inherited or default
        shown = offered or unset
        text = self._until_usable(question, shown, lambda text: "" if text == shown else fault_of_answer(setting, text))
        if text == unset or (text == shown and not offered):
            return
        if text != inherited:
            self.result.values[setting] = text

    def _until_usable(self, question: str, default: str, fault: Callable[[str], str]) -> str:
        while True:
            text = self.talk.ask(question, default)
            reason = fault(text)
            if not reason:
                return text
            self.talk.say(f"  That cannot be used: {reason}.")

    def _key(self) -> None:
        """Ask where the key is; what it is, is asked only where a file is to be written with it."""
        if "api_key_file" in self.options:
            place = "file"
        else:
            question = "The API key: in a file, from a command, in a variable, or in a keyring"
            place = self._until_usable(question, "file", _fault_of_place)
            place = next(name for name in _KEY_PLACES if name.startswith(place.lower()))
        ask = {"file": self._key_file, "command": self._key_command, "keyring": self._keyring}.get(place)
        if ask is not None:
            ask()
        else:
            self.talk.say(f"  {ENV_PREFIX}API_KEY must hold it whenever the importer is called.")

    def _key_file(self) -> None:
        folder, profile = self.result.room.path.parent, self.result.room.profile
        usual = from_home(folder / (f"{profile}.key" if profile else "api.key"))
        default = self.options.get("api_key_file") or usual
        text = self._until_usable("  The file that holds the key, and nothing else", default, fault_of_key_file)
        self.result.values["api_key_file"] = text
        path = expanded(text)
        if path is None or os.path.lexists(path):
            return
        self.talk.say(f"  There is no file {from_home(path)} yet.")
        if self.talk.confirm("  Write it now, readable for you alone"):
            self.result.new_key = self._typed_key()

    def _typed_key(self) -> str:
        while True:
            try:
                return checked_key(self.talk.ask_hidden("  The API key (it is not shown)"), "your answer")
            except SettingsError as error:
                self.talk.say(f"  {error.message}")

    def _key_command(self) -> None:
        text = self._until_usable("  The command that prints it", "pass show importer", _fault_of_command)
        self.result.values["key_command"] = shlex.split(text)

    def _keyring(self) -> None:
        default = f"importer/{self.result.room.profile or 'api-key'}"
        text = self._until_usable("  Its service and user in the keyring", default, lambda it: fault_of("keyring", it))
        self.result.values["keyring"] = text
        if find_spec("keyring") is None:
            self.talk.say("  What reads a keyring is not installed: pip install '.[keyring]'.")


def _fault_of_place(text: str) -> str:
    """Return what is wrong with a kind of place; it is not shown: somebody may have typed the key."""
    if any(name.startswith(text.lower()) for name in _KEY_PLACES):
        return ""
    return f"it must be {', '.join(_KEY_PLACES[:-1])} or {_KEY_PLACES[-1]}; the key itself is not asked for here"


def _fault_of_command(text: str) -> str:
    try:
        words = shlex.split(text)
    except ValueError:
        return "a quotation mark has no other"
    return fault_of("key_command", words)
