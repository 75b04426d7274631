"""Settings files of every wrong kind: what is said of each, and on which line."""

from __future__ import annotations

import os
import re
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from importer.config.places import standing_layers
from importer.errors import SettingsError
from importer.settings import Settings
from tests.config.conftest import Write

KEY: Final = "sk-K4n4r13nV0g3l-7f3a"
NORTH: Final = "[profiles.north]\n"


def _load(profile: str | None = None, **options: Any) -> Settings:  # noqa: ANN401 - options have several types
    return Settings.load({"profile": profile, **options}, standing_layers(None, profile))


def _refused(profile: str | None = "north") -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        _load(profile)
    said = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert KEY not in said
    return caught.value


WRONG: Final = {
    # No TOML.
    "no TOML": ("timeout = 20\nbase_url = https://x\n", 2, "no value: text takes quotation marks", ""),
    "no equals sign": ("\n\ntimeout\n", 3, "there is no = behind the name", "A setting is a line such as timeout = 20"),
    "a key alone": (f"# the key\n{KEY}\n", 2, "there is no = behind the name", ""),
    "a key behind a blank": (f"timeout {KEY}\n", 1, "there is no = behind the name", ""),
    "a key without marks": (f"timeout = 3\napi_key = {KEY}\n", 2, "text takes quotation marks", ""),
    "a text without an end": ('timeout = 3\nbase_url = "https://x\n', 2, "no quotation mark at its end", ""),
    "a text of lines without an end": ('timeout = 3\nencoding = """x\n\n\n\n', 2, "no quotation mark at its end", ""),
    "a list without an end": (
        'x = 1\nkey_command = ["a",\n\n# x\n\n',
        2,
        "in the middle of a value, such as a list without its ]",
        "",
    ),
    "a name twice": ("timeout = 3\n\ntimeout = 4\n", 3, "this name has a value already", ""),
    "a table twice": (f"{NORTH}wait = 1\n{NORTH}", 3, "this table stands there twice", ""),
    "a key as a table twice": (f'["{KEY}"]\n["{KEY}"]\n', 2, "this table stands there twice", ""),
    "backslashes": ('output = "C:\\Reports"\n', 1, "put the text into ' ' instead", ""),
    "something left over": ("timeout = 3 s\n", 1, "something is left over behind the value", ""),
    "a header without an end": ("[profiles.north\nwait = 1\n", 1, "must end with ]", ""),
    "lone line ends": ("timeout = 3\rwait = 1\r", 1, "no TOML", ""),
    "a control character": ("timeout = 3 # \x00\n", 1, "no TOML", ""),
    "too deep": (f"x = {'[' * 5000}{']' * 5000}\n", 1, "no TOML", ""),
    # Tables that are none, or none that is known.
    "profiles that are no table": (
        'timeout = 3\nprofiles = "north"\n',
        2,
        "profiles is no table of profiles",
        "begins",
    ),
    "profiles in a list": ("[[profiles]]\nwait = 1\n", 1, "profiles is no table of profiles", ""),
    "a profile that is no table": ("[profiles]\n\nnorth = 3\n", 3, "profiles.north is no table", "[profiles.north]"),
    "a profile in a list": ("[[profiles.north]]\nwait = 1\n", 1, "profiles.north is no table", ""),
    "a profile without a name": ('[profiles.north]\n[profiles.""]\n', 2, "No profile can be called so", "Letters"),
    "a profile with a blank": ('[profiles.north]\n\n[profiles."a b"]\n', 3, "No profile can be called so", "Letters"),
    "a profile with a line break": ('[profiles]\nnorth={}\n"a\\nb" = {}\n', 3, "No profile can be called so", ""),
    "a table that is none": ("[north]\nwait = 1\n", 1, "There is no setting 'north'", "such as [profiles.north]"),
    "one profile": ("[profile.north]\nwait = 1\n", 1, "no setting 'profile'", "such as [profiles.north]"),
    "profiles in a profile": ("[profiles.north.profiles.x]\n", 1, "no setting 'profiles'", "schema` names all"),
    "an array of tables": ("timeout = 1\n[[columns]]\nMail = 'email'\n", 2, "must be a table", "Correct it"),
    # Names.
    "an unknown name": (f"{NORTH}\ntiemout = 3\n", 3, "no setting 'tiemout'", "Do you mean timeout?"),
    "an unknown name for all": ("base_urls = 3\n", 1, "no setting 'base_urls'", "Do you mean base_url?"),
    "a name that nothing is like": (
        "\nzzz = 3\n",
        2,
        "no setting 'zzz'",
        "`importer config schema` names all settings.",
    ),
    "capitals": ("TIMEOUT = 3\n", 1, "no setting 'TIMEOUT'", "Do you mean timeout?"),
    "hyphens": ("skip-unchanged = true\n", 1, "no setting 'skip-unchanged'", "Do you mean skip_unchanged?"),
    "a variable": ("IMPORTER_GROUP_ID = 'x'\n", 1, "'IMPORTER_GROUP_ID'", "Do you mean group_id?"),
    "a variable of another name": ("IMPORTER_STATE_DIR = 'x'\n", 1, "'IMPORTER_STATE_DIR'", "Do you mean state?"),
    "state_dir": ("state_dir = 'x'\n", 1, "no setting 'state_dir'", "Do you mean state?"),
    "blanks": ("'api key file' = 'x'\n", 1, "no setting 'api key file'", "Do you mean api_key_file?"),
    "an option": ("map = 'x'\n", 1, "no setting 'map'", "Do you mean columns?"),
    "profile": ("profile = 'north'\n", 1, "no setting 'profile'", "named by --profile"),
    "config": ("config = 'x'\n", 1, "no setting 'config'", "importer --config FILE"),
    "older_journal": ("older_journal = true\n", 1, "no setting 'older_journal'", "--older-journal"),
    "a name in a dotted one": (f"{NORTH}\ncolumns.x.y = 1\n", 3, "columns in .*: it must have a field for", ""),
    "a dotted name": ("profiles.north.tiemout = 3\n", 1, "no setting 'tiemout'", "Do you mean timeout?"),
    "an inline table": ("\nprofiles = { north = { tiemout = 3 } }\n", 2, "no setting 'tiemout'", "timeout?"),
    "a key for a name": (f"{KEY * 2} = 1\n", 1, "no setting '…'", ""),
    # Kinds.
    "text for a number": ('timeout = "20"\n', 1, "timeout in .*: it must be a number, without quotation marks", ""),
    "truth for a number": (f"{NORTH}timeout = true\n", 2, "timeout in .*: it must be a number", ""),
    "truth for a whole number": ("canary = true\n", 1, "canary in .*: it must be a whole number", ""),
    "a fraction for a whole number": ("canary = 1.5\n", 1, "canary in .*: it must be a whole number", ""),
    "a date for a number": ("timeout = 1979-05-27\n", 1, "it must be a number", ""),
    "a list for a number": ("timeout = [3]\n", 1, "it must be a number", ""),
    "a number for truth": ("strict = 1\n", 1, "it must be true or false, without quotation marks", ""),
    "text for truth": ('strict = "yes"\n', 1, "it must be true or false, without quotation marks", ""),
    "a number for text": ("linked_account_id = 17\n", 1, "it must be text, in quotation marks", ""),
    "truth for a limit": ("max_errors = true\n", 1, "max_errors in .*: it must be text", ""),
    "a date for text": ("encoding = 07:32:00\n", 1, "it must be text", ""),
    "a number for a path": ("state = 3\n", 1, "state in .*: it must be a path", ""),
    "text for a table": ('columns = \'{"Mail": "email"}\'\n', 1, "columns in .*: it must be a table", ""),
    "text for a command": ("key_command = 'pass show x'\n", 1, "it must be a list of words", ""),
    "numbers for words": ("key_command = ['x', 3]\n", 1, "it must be a list of words", ""),
    "something else than auto": ("concurrency = 'many'\n", 1, 'it must be "auto", or a whole number', ""),
    "nothing": ("group_id = ''\n", 1, "group_id in .*: it is empty", ""),
    "nothing for a path": ("output = ''\n", 1, "output in .*: it is empty", ""),
    "blanks for a file": ("api_key_file = '  '\n", 1, "it is empty", ""),
    "a path with a NUL": ('state = "a\\u0000b"\n', 1, "no path has such a character", ""),
    "the home of nobody": ("state = '~nobody-is-called-so/x'\n", 1, "somebody whom this machine does not know", ""),
    # Values.
    "too large": (f"{NORTH}\n\ntimeout = 601\n", 4, "timeout in .*: it must be at most 600", "without it, it is 30.0"),
    "too small": ("max_attempts = 0\n", 1, "it must be at least 1", ""),
    "infinite": ("timeout = inf\n", 1, "it must be a number", ""),
    "not a number": ("rate = nan\n", 1, "it must be a number", ""),
    "a negative limit": ("max_errors = -1\n", 1, "it must be a number of rows such as 10", ""),
    "not one of the words": ("wire = 'x'\n", 1, "it must be 'auto', 'requests' or 'curl'", ""),
    "no URL": (f"base_url = '{KEY}'\n", 1, "base_url in .*: it must look like https://", ""),
    "plain http": ("base_url = 'http://example.com'\n", 1, "plain http is accepted for this machine only", ""),
    "a key in a URL": (f"base_url = 'https://{KEY}@example.com'\n", 1, "it must have no user", ""),
    "no UUID": ("group_id = 'x'\n", 1, "it must have 32 digits", ""),
    "a number for an id": ("linked_account_id = '12.0'\n", 1, "digits of the id may be lost", ""),
    "no entry": ("keyring = 'north'\n", 1, "it must be a service and a user", ""),
    "an entry like an option": ("keyring = '--help/x'\n", 1, "it must be a service and a user", ""),
    "a command that is no path": ("key_command = ['bin/x']\n", 1, "its whole path, from / on", ""),
    "a command in a home": ("key_command = ['~/bin/x']\n", 1, "its whole path, from / on", ""),
    "no command": ("key_command = []\n", 1, "it must be a list of words", ""),
    "an unknown encoding": ("encoding = 'klingon'\n", 1, "there is no such encoding", ""),
    "no field": ("columns = { Mail = 'mail' }\n", 1, "fields are customer_id", ""),
    "no expression": ("customer_id_pattern = '['\n", 1, "it is no regular expression", ""),
    "a value of several lines": ('wait = 1\nencoding = """\nklingon\n"""\n', 2, "no such encoding", ""),
    "behind a value of several lines": ('columns = {}\nencoding = """\nutf-8"""\ncanary = -1\n', 4, "at least 0", ""),
    "a quoted name": ("\n'timeout' = 0\n", 2, "it must be more than 0", ""),
    "a dotted name of a value": ("wait = 1\nprofiles.'north'.timeout = 0\n", 2, "it must be more than 0", ""),
}
"""What stands there, on which line what is wrong is, what is said of it, and what to do."""


@pytest.mark.parametrize(("content", "line", "said", "hint"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_is_wrong_is_told_with_its_line(
    content: str, line: int, said: str, hint: str, ends: str, write: Write
) -> None:
    """In words that a person can act on, without the value, whatever the ends of lines."""
    profile = "north" if "profiles" in content and "north" in content else None
    path = write(content.replace("\n", ends))
    error = _refused(profile)
    assert f"{path}, line {line}" in error.message
    assert re.search(said, error.message), error.message
    assert hint in error.hint
    assert error.message.endswith((".", "?"))


@pytest.mark.parametrize(
    "name",
    [
        *("api_key", "API_KEY", "api-key", "apiKey", "IMPORTER_API_KEY", "'api key'", "key", "token", "api_token"),
        *("secret", "password", "bearer", "authorization", "access_token", "secret_key", "client_secret", "x-api-key"),
        *("manage_customers_key", "customer_api_key", "auth", "credentials", "passphrase", "importer_key"),
    ],
)
@pytest.mark.parametrize("table", ["", NORTH], ids=["for all", "in a profile"])
def test_the_key_itself_is_refused_under_any_name(name: str, table: str, write: Write) -> None:
    """It must not lie there, and the message says what to do with it, but not what it is."""
    write(f"{table}\n{name} = '{KEY}'\n")
    error = _refused("north" if table else None)
    assert "The API key itself must not stand in this file." in error.message
    assert "have it replaced" in error.hint
    assert error.code == "key_in_settings_file"


UNREADABLE: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "a folder": (lambda path: path.mkdir(), "is no file"),
    "a link into nowhere": (lambda path: path.symlink_to("gone"), "link to what is not there"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "cannot be read"),
    "a pipe": (os.mkfifo, "is no file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is no file"),
    "too large": (lambda path: path.write_bytes("ñ".encode() * 131_073), "larger than 256 KiB"),
    "Latin-1": (lambda path: path.write_bytes(b"# \xf1\n"), "not text in UTF-8"),
    "UTF-16": (lambda path: path.write_text("timeout = 3\n", "utf-16"), "not text in UTF-8"),
}


@pytest.mark.parametrize(("make", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_at_once(make: Callable[[Path], object], said: str, write: Write) -> None:
    """Never passed over: somebody has meant something to hold."""
    path = write()
    path.unlink()
    make(path)
    if path.is_file():
        path.chmod(0o600)
    error = _refused(None)
    assert f"The settings file {path} " in error.message
    assert said in error.message
    assert "--config" in error.hint


def test_a_socket_is_no_settings_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything else that is no file."""
    path = write()
    path.unlink()
    monkeypatch.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path.name)
        assert "The settings file" in _refused(None).message


def test_a_file_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    """By an option as by a variable; the user's own is no substitute."""
    write("timeout = 3\n")
    with pytest.raises(SettingsError, match=r"gone\.toml cannot be read: No such file"):
        standing_layers(tmp_path / "gone.toml", None)
    monkeypatch.setenv("IMPORTER_CONFIG", str(tmp_path / "gone.toml"))
    assert "gone.toml cannot be read" in _refused(None).message


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o660])
def test_a_file_that_others_may_write_to_is_refused(mode: int, write: Write) -> None:
    """What to do can be typed as it stands, though the path has blanks in it."""
    path = write("timeout = 3\n", mode=mode)
    error = _refused(None)
    assert (error.code, "others may write to it" in error.message) == ("settings_file_open_to_others", True)
    assert os.system(error.hint.partition("; then: ")[2]) == 0  # noqa: S605 - it is to be typed
    assert path.stat().st_mode & 0o022 == 0
    assert _load().timeout == 3


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o644])
def test_a_file_that_others_may_read_is_none_of_their_harm(mode: int, write: Write) -> None:
    """The key is not in it."""
    write("timeout = 3\n", mode=mode)
    assert _load().timeout == 3


def test_a_folder_that_others_may_write_to_is_refused(write: Write) -> None:
    """They could put another file in its place; where only its owner may take files away, they cannot."""
    path = write("timeout = 3\n")
    path.parent.chmod(0o777)
    error = _refused(None)
    assert f"others may write to its folder {path.parent}" in error.message
    path.parent.chmod(0o1777)
    assert _load().timeout == 3


def test_a_link_in_a_folder_that_others_may_write_to_is_refused(write: Write, home: Path, tmp_path: Path) -> None:
    """They could have it lead elsewhere."""
    target = write("timeout = 3\n")
    link = tmp_path / "open" / "importer.toml"
    link.parent.mkdir()
    link.symlink_to(target)
    assert Settings.load({}, standing_layers(link, None)).timeout == 3
    link.parent.chmod(0o777)
    with pytest.raises(SettingsError, match=re.escape(f"its folder {link.parent}")):
        standing_layers(link, None)
    assert home in target.parents


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(write: Write) -> None:
    """Who owns it may write to it, whatever its mode says by now."""
    path = write("timeout = 3\n")
    os.chown(path, 65_534, -1)
    error = _refused(None)
    assert "it is somebody else's" in error.message
    assert error.code == "settings_file_open_to_others"


def test_a_byte_order_mark_is_no_part_of_it(write: Write) -> None:
    """Editors of Windows write one."""
    write(b"\xef\xbb\xbftimeout = 3\r\n")
    assert _load().timeout == 3
    path = write(b"\xef\xbb\xbftimeout = 0\r\n")
    assert f"{path}, line 1 cannot be used" in _refused(None).message


def test_an_empty_file_says_nothing(write: Write) -> None:
    """Nor does one of comments."""
    for content in ("", "\n\n", "# timeout = 3\n", "[profiles]\n"):
        write(content)
        assert _load().model_dump() == Settings.load({}).model_dump()


TAKEN: Final = {
    "a whole number for a number": ("timeout = 3\n", "timeout", 3.0),
    "a number without a fraction": ("canary = 3.0\n", "canary", 3),
    "auto": ("concurrency = 'auto'\n", "concurrency", None),
    "requests in flight": ("concurrency = 7\n", "concurrency", 7),
    "rows": ("max_errors = 10\n", "max_errors", "10"),
    "a percentage": ("max_errors = '5%'\n", "max_errors", "5%"),
    "truth": ("strict = true\n", "strict", True),
    "words": ("key_command = ['pass', 'show', 'a b']\n", "key_command", ("pass", "show", "a b")),
    "columns": ("columns = { Mail = 'email' }\n", "columns", {"Mail": "email"}),
    "columns as a table": ("[columns]\n'E-Mail' = 'email'\n", "columns", {"E-Mail": "email"}),
    "an id": ("linked_account_id = ' A-1 '\n", "linked_account_id", "A-1"),
    "a text of several lines": ("encoding = '''\nutf-8'''\n", "encoding", "utf-8"),
}


@pytest.mark.parametrize(("content", "name", "value"), TAKEN.values(), ids=TAKEN)
def test_values_are_taken_as_they_stand(content: str, name: str, value: object, write: Write) -> None:
    """In the ways in which TOML writes them."""
    write(content)
    assert getattr(_load(), name) == value


@pytest.mark.parametrize("name", ["state", "output", "api_key_file"])
def test_paths_are_meant_from_the_folder_of_the_file_on(name: str, write: Write, home: Path) -> None:
    """Or from the home, or from the root on, wherever the command is called."""
    folder = write().parent
    for text, meant in (("x y", folder / "x y"), ("../ñ", folder / "../ñ"), ("~/a", home / "a"), ("/b", Path("/b"))):
        write(f"{name} = '{text}'\n")
        assert getattr(_load(), "state_dir" if name == "state" else name) == meant


def test_the_first_file_that_is_there_is_the_one(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option names it, or a variable, or it is the user's own, or the machine's; they are not put together."""
    machine = write("timeout = 1\nwait = 1\n", path=tmp_path / "etc" / "importer.toml")
    monkeypatch.setattr("importer.config.places.SYSTEM_PATH", machine)
    assert (_load().timeout, _load().wait) == (1, 1)
    write("timeout = 2\n")
    assert (_load().timeout, _load().wait) == (2, 0)
    monkeypatch.setenv("IMPORTER_CONFIG", str(write("timeout = 3\n", path=tmp_path / "three.toml")))
    assert _load().timeout == 3
    option = write("timeout = 4\n", path=tmp_path / "four.toml")
    assert Settings.load({}, standing_layers(option, None)).timeout == 4
    monkeypatch.setenv("IMPORTER_CONFIG", "")
    assert _load().timeout == 2


def test_xdg_says_where_the_users_own_is(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for other programs."""
    write("timeout = 3\n", path=tmp_path / "xdg" / "importer" / "importer.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert _load().timeout == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_file_that_may_not_be_looked_at_is_not_passed_over(write: Write) -> None:
    """It may say where to send to; whoever may not read it is told so."""
    path = write("timeout = 3\n")
    path.parent.chmod(0)
    try:
        assert "cannot be read: Permission denied" in _refused(None).message
    finally:
        path.parent.chmod(0o700)


def test_a_higher_place_wins(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, environment, profile, the rest of the file, default; an empty variable says nothing."""
    write("timeout = 2\nwait = 2\nsettle = 2\ncanary = 2\n[profiles.north]\ntimeout = 3\nwait = 3\nsettle = 3\n")
    monkeypatch.setenv("IMPORTER_TIMEOUT", "4")
    monkeypatch.setenv("IMPORTER_WAIT", "4")
    monkeypatch.setenv("IMPORTER_SETTLE", "")
    found = _load("north", timeout="5")
    assert (found.timeout, found.wait, found.settle, found.canary, found.max_attempts) == (5, 4, 3, 2, 5)
    assert found.profile == "north"


def test_a_mapping_takes_the_place_of_a_lower_one(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, as any other value: what a lower one has of other headers does not hold."""
    write("columns = { A = 'email' }\n[profiles.north]\ncolumns = { B = 'email' }\n[profiles.south]\n")
    assert _load().columns == _load("south").columns == {"A": "email"}
    assert _load("north").columns == {"B": "email"}
    assert _load("north", columns={"C": "email"}).columns == {"C": "email"}
    monkeypatch.setenv("IMPORTER_COLUMNS", '{"D": "email"}')
    assert _load("north").columns == {"D": "email"}


def test_a_variable_names_a_profile(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option names another; an empty variable names none."""
    write("[profiles.north]\ntimeout = 1\n[profiles.south]\ntimeout = 2\n")
    monkeypatch.setenv("IMPORTER_PROFILE", "north")
    assert (_load().timeout, _load("south").timeout) == (1, 2)
    monkeypatch.setenv("IMPORTER_PROFILE", "")
    assert _load().timeout == 30


def test_a_profile_that_is_not_there_is_an_error(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are there are named, and so is what to do where there is no file."""
    error = _refused("north")
    assert "since there is no settings file" in error.message
    assert "importer init" in error.hint
    write("[profiles.south]\n[profiles.west]\n")
    error = _refused("north")
    assert (error.code, error.hint) == ("profile_unknown", "Those that it has: south, west.")
    monkeypatch.setenv("IMPORTER_PROFILE", "north")
    assert _refused(None).code == "profile_unknown"


def test_a_profile_without_a_name_is_none(write: Write) -> None:
    """A script whose variable is empty must not send with what holds for all."""
    write("[profiles.north]\n")
    assert "--profile names no profile" in _refused("").message


def test_what_is_wrong_in_another_profile_is_in_nobodys_way(write: Write) -> None:
    """Of profiles, the one that is used is looked at; `importer config validate` looks at all."""
    write("[profiles.north]\ntimeout = 3\n[profiles.south]\ntiemout = 3\n")
    assert _load("north").timeout == 3


def test_a_value_that_does_not_hold_is_in_nobodys_way(write: Write) -> None:
    """A bound is looked at where the value is used; an option takes its place."""
    write("timeout = 601\n")
    assert _load(timeout="5").timeout == 5
