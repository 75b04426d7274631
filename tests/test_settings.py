"""Every setting: where it comes from, what it may be, and that no message shows the key."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.config.setting_values import is_loopback
from importer.errors import SettingsError
from importer.settings import Settings

KEY = "canary-key-7f3a"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the settings of whoever runs the tests out of the environment."""
    for name in [name for name in os.environ if name.upper().startswith("IMPORTER_")]:
        monkeypatch.delenv(name)


Setenv = Callable[..., None]


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Setenv:
    """Set variables by the part of their names behind `IMPORTER_`."""

    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"IMPORTER_{name}", value)

    return put


@pytest.fixture
def key_file(tmp_path: Path) -> Callable[..., Path]:
    """Make a key file."""

    def make(content: str | bytes = KEY, mode: int = 0o600) -> Path:
        path = tmp_path / "key.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    return make


DEFAULTS: dict[str, object] = {
    "profile": None,
    "base_url": "https://api.reverepayments.dev",
    "group_id": None,
    "linked_account_id": None,
    "source": None,
    "output": None,
    "state_dir": None,
    "concurrency": None,
    "wire": "auto",
    "rate": None,
    "timeout": 30.0,
    "max_attempts": 5,
    "backoff": 0.5,
    "max_backoff": 30.0,
    "max_retry_after": 120.0,
    "max_rate_limited": 300.0,
    "max_outage": 60.0,
    "retry_budget": 20,
    "retry_share": 0.1,
    "api_errors": "json",
    "report_access": "owner",
    "max_errors": None,
    "canary": 0,
    "strict": False,
    "skip_unchanged": False,
    "skip_unchanged_days": 30.0,
    "wait": 0.0,
    "shares_base_url": False,
    "older_journal": False,
    "settle": 0.0,
    "keep_days": 30.0,
    "keep_runs_days": 400.0,
    "keep_checks_days": 30.0,
    "max_reply_bytes": 1_048_576,
    "max_name_length": 255,
    "customer_id_pattern": None,
    "international_addresses": False,
    "warnings_as_errors": False,
    "refuse_cut_off": False,
    "encoding": None,
    "visible_only": False,
    "max_archive_files": 10_000,
    "max_unpacked_mb": 2048,
    "max_unpack_ratio": 200,
    "reading_memory_mb": 220,
    "reading_seconds": 1.5,
    "own_workbook_rows": 100_000,
    "columns": {},
    "chunk_rows": 5000,
}
GIVEN = {
    "profile": "north",
    "base_url": "http://localhost:8080/v2",
    "group_id": "group-1",
    "linked_account_id": "acc_2.~x",
    "source": "/in/changes.csv",
    "output": "/out",
    "state_dir": "/state",
    "concurrency": 256,
    "wire": "requests",
    "rate": 0.5,
    "timeout": 600.0,
    "max_attempts": 1,
    "backoff": 0.0,
    "max_backoff": 86_400.0,
    "max_retry_after": 1.5,
    "max_rate_limited": 2.5,
    "max_outage": 3.5,
    "retry_budget": 0,
    "retry_share": 0.5,
    "api_errors": "any",
    "report_access": "group",
    "max_errors": "5%",
    "canary": 3,
    "strict": True,
    "skip_unchanged": True,
    "skip_unchanged_days": 7.5,
    "wait": 4.5,
    "shares_base_url": True,
    "older_journal": True,
    "settle": 0.25,
    "keep_days": 1.0,
    "keep_runs_days": 100.0,
    "keep_checks_days": 7.0,
    "max_reply_bytes": 1,
    "max_name_length": 32_767,
    "customer_id_pattern": "C[0-9]+",
    "international_addresses": True,
    "warnings_as_errors": True,
    "refuse_cut_off": True,
    "encoding": "cp1250",
    "visible_only": True,
    "max_archive_files": 1,
    "max_unpacked_mb": 1,
    "max_unpack_ratio": 1,
    "reading_memory_mb": 64,
    "reading_seconds": 0.5,
    "own_workbook_rows": 0,
    "columns": {"Mail": "email", "a=b": "customer_id"},
    "chunk_rows": 1,
}


OF_FILES_ONLY = {"shares_base_url": False}
VARIABLES = [name for name in GIVEN if name not in OF_FILES_ONLY]


def written(value: object) -> str:
    """Return a value as it stands in the environment."""
    return json.dumps(value) if isinstance(value, dict) else str(value)


def test_defaults_are_those_of_the_contract() -> None:
    """Without options and variables, every setting has its documented default."""
    assert Settings.load({}).public() == DEFAULTS


def test_every_setting_can_be_a_variable(setenv: Setenv) -> None:
    """`IMPORTER_<NAME>` sets every setting there is."""
    setenv(**{name.upper(): written(GIVEN[name]) for name in VARIABLES})
    assert Settings.load({}).public() == GIVEN | OF_FILES_ONLY


@pytest.mark.parametrize("name", OF_FILES_ONLY)
def test_what_a_profile_alone_may_say_is_no_variable(setenv: Setenv, name: str) -> None:
    """Else a variable of a shell would let every run of it go beside others."""
    setenv(**{name.upper(): "false"})
    with pytest.raises(SettingsError, match=f"IMPORTER_{name.upper()} cannot be used") as caught:
        Settings.load({})
    assert f"Put {name} into the profile" in caught.value.hint


def test_every_setting_can_be_an_option(setenv: Setenv) -> None:
    """An option wins over its variable, be it text, as from a command line, or a value; also over a wrong one."""
    setenv(**{name.upper(): "1" if name != "base_url" else "nonsense" for name in VARIABLES})
    assert Settings.load({name: written(value) for name, value in GIVEN.items()}).public() == GIVEN
    assert Settings.load(GIVEN).public() == GIVEN


def test_an_option_that_is_not_given_leaves_the_variable(setenv: Setenv) -> None:
    """None stands for an option that was not given."""
    setenv(CONCURRENCY="7")
    assert Settings.load({"concurrency": None}).concurrency == 7


def test_an_empty_variable_is_none(setenv: Setenv) -> None:
    """A variable that is set to nothing is as if it were not set."""
    setenv(**dict.fromkeys((*map(str.upper, GIVEN), "API_KEY", "API_KEY_FILE"), ""))
    settings = Settings.load({})
    assert settings.public() == DEFAULTS
    assert (settings.api_key, settings.api_key_file) == (None, None)


def test_variables_of_other_names_are_no_concern(setenv: Setenv) -> None:
    """A variable that begins with the prefix but names no setting is left alone."""
    setenv(SOMETHING_ELSE="x")
    assert Settings.load({}).public() == DEFAULTS


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("wire", ["CURL", "httpx"]),
        ("concurrency", ["0", "257", "-1", "1.5", "many"]),
        ("rate", ["0", "-1", "nan", "inf", "100001", "fast"]),
        ("timeout", ["0", "-1", "600.1", "nan", "inf", "long"]),
        ("api_errors", ["JSON", "text"]),
        ("report_access", ["everybody", "0644", "Owner"]),
        ("max_attempts", ["0", "101", "2.5"]),
        ("backoff", ["-0.1", "86401", "nan", "inf"]),
        ("max_backoff", ["-0.1", "86401", "nan", "inf"]),
        ("max_retry_after", ["-0.1", "86401", "nan", "inf"]),
        ("max_rate_limited", ["-0.1", "86401", "nan", "inf"]),
        ("max_reply_bytes", ["0", str((1 << 30) + 1)]),
        ("max_name_length", ["0", "32768"]),
        ("chunk_rows", ["0", "1000001", "9" * 40]),
        ("group_id", [" ", "a/b", "..", "a b", "ñ", "x" * 129, "1234", "my-group", "NULL", NOBODY, NOBODY[:-1] + "g"]),
        ("linked_account_id", [".", "a?b", "a%2F", "NULL", "nan", "0", "1.2E05", "100234.0", NOBODY]),
        ("customer_id_pattern", ["[", "a{99999999999}", "(" * 5000 + ")" * 5000]),
        ("international_addresses", ["perhaps"]),
        ("warnings_as_errors", ["2"]),
        ("columns", ["Mail=email", "[1]", "{", '{"Mail": "phone"}', '{"Mail": 1}', '{" ": "email"}', '{"Mail": {}}']),
        ("base_url", ["nonsense"]),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_where_it_was_given(
    name: str, values: list[str], setenv: Setenv
) -> None:
    """A value out of bounds is a SettingsError that names the option, or the variable, and what would be right."""
    variable, option = f"IMPORTER_{name.upper()}", f"--{name.replace('_', '-')}"
    for value in values:
        with pytest.raises(SettingsError, match=f"^{option} cannot be used: it [^.]") as by_option:
            Settings.load({name: value})
        assert by_option.value.code == "bad_setting"
        assert option in by_option.value.hint
        setenv(**{name.upper(): value})
        with pytest.raises(SettingsError, match=f"^{variable} cannot be used: it [^.]") as by_variable:
            Settings.load({})
        assert variable in by_variable.value.hint
        assert "\n" not in by_variable.value.message


def test_an_empty_option_is_wrong() -> None:
    """An option that is given as nothing is not taken for the default."""
    for name in ("group_id", "base_url", "concurrency"):
        with pytest.raises(SettingsError, match="cannot be used"):
            Settings.load({name: ""})


def test_the_state_directory_has_an_option_of_another_name(setenv: Setenv) -> None:
    """The option of `IMPORTER_STATE_DIR` is `--state`, and messages call it so."""
    setenv(STATE_DIR="/from/variable")
    assert Settings.load({}).state_folder() == Path("/from/variable")
    assert Settings.load({"state_dir": Path("/from/option")}).state_folder() == Path("/from/option")
    with pytest.raises(SettingsError, match=r"^--state cannot be used"):
        Settings.load({"state_dir": 7})


def test_the_state_directory_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal does not move with the current directory; by default it is in the user's state directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    assert Settings.load({"state_dir": "here"}).state_folder() == tmp_path / "here"
    assert Settings.load({}).state_folder() == tmp_path / "states" / "importer"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        (" https://api.example.com//\n", "https://api.example.com"),
        ("HTTPS://API.Example.com:8443/V2/", "https://api.example.com:8443/V2"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("http://localhost", "http://localhost"),
        ("http://LOCALHOST:8080/", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.3.4", "http://127.255.3.4"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:80/v2", "http://[::1]/v2"),
        ("https://api.example.com:443/", "https://api.example.com"),
        ("https://api.example.com:0443", "https://api.example.com"),
        ("https://api.example.com:/v2", "https://api.example.com/v2"),
        ("https://api.example.com:80", "https://api.example.com:80"),
    ],
)
def test_base_urls_that_are_accepted(given: str, used: str) -> None:
    """Any host is reached by https, this machine by http too; a URL is kept in one spelling, as short as can be."""
    assert Settings.load({"base_url": given}).base_url == used


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://192.0.2.7",
        "http://128.0.0.1",
        "http://127.0.0.1.example.com",
        "http://127.0.0.999",
        "http://127.1",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://[::2]",
    ],
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    """A request in plain http would show the key to whoever is on its way."""
    with pytest.raises(SettingsError, match="plain http is accepted for this machine only"):
        Settings.load({"base_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://canary-key-7f3a@api.example.com",
        "https://user:canary-key-7f3a@api.example.com",
        "https://@api.example.com",
        "https://api.example.com?key=canary-key-7f3a",
        "https://api.example.com?",
        "https://api.example.com/#canary-key-7f3a",
        "https://api.example.com#",
        "https://api.example.com:canary-key-7f3a",
        "https://user:canary-key-7f3a/x@api.example.com",
        "https://api.example.com:65536",
        "https://canary-key-7f3a\uff20api.example.com",
        "https://[canary-key-7f3a",
        "https://api.exam ple.com",
        "https://api.exam\tple.com",
        "https://ápi.example.com",
        "https://",
        "https:///path",
        "https:api.example.com",
        "api.example.com",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "canary-key-7f3a",
    ],
)
def test_base_urls_that_are_refused(url: str) -> None:
    """A URL with a user, a query or a fragment, or that is none, is refused; the message quotes nothing of it."""
    with pytest.raises(SettingsError, match=r"^--base-url cannot be used: it must") as caught:
        Settings.load({"base_url": url})
    assert "canary" not in f"{caught.value.message} {caught.value.hint}"


def test_loopback_is_told_from_elsewhere() -> None:
    """What has no host stays nowhere."""
    assert is_loopback("http://127.0.0.1:80/x")
    assert not is_loopback("https://api.example.com")
    assert not is_loopback("nonsense")


def test_a_group_has_the_form_that_is_set_for_ids(setenv: Setenv) -> None:
    """A UUID, unless a setting says that ids are something else; an account may be anything safe."""
    assert Settings.load({"linked_account_id": "acct-1"}).linked_account_id == "acct-1"
    with pytest.raises(SettingsError, match=r"^--group-id cannot be used: it must have 32 digits and"):
        Settings.load({"group_id": "1234"})
    setenv(CUSTOMER_ID_PATTERN="C-[0-9]+")
    assert Settings.load({"group_id": "1234"}).group_id == "1234"


def test_a_run_of_an_older_version_keeps_its_group(setenv: Setenv) -> None:
    """What a run began with is not held to a form that it did not know; nor is what the environment says now."""
    setenv(GROUP_ID="1234")
    assert Settings.again({"group_id": "my-group"}, {}).group_id == "my-group"


def test_ids_are_kept_as_they_are_sent() -> None:
    """A UUID is sent in lower case; any other id as it is, without white space around it."""
    settings = Settings.load({"group_id": " 5B0F3C52-7A4E-4E7E-9F3A-1F0F4F3A9C11 ", "linked_account_id": " Acc-1\n"})
    assert settings.group_id == "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11"
    assert settings.linked_account_id == "Acc-1"


def _key(**options: Any) -> str:  # noqa: ANN401 - options have several types
    return Settings.load(options).key().get_secret_value()


def test_the_key_comes_from_the_variable(setenv: Setenv) -> None:
    """`IMPORTER_API_KEY` is the key, without white space around it."""
    setenv(API_KEY=f" {KEY}\n")
    assert _key() == KEY


@pytest.mark.parametrize(
    "content",
    [KEY, f"{KEY}\n", f"{KEY}\r\n", f"\n  {KEY}\t\n\n", b"\xef\xbb\xbf" + KEY.encode() + b"\r\n"],
    ids=["bare", "newline", "CRLF", "white space", "BOM"],
)
def test_the_key_comes_from_a_file(content: str | bytes, key_file: Callable[..., Path], setenv: Setenv) -> None:
    """Of a key file, what surrounds the key is no part of it; the file is named by option or by variable."""
    path = key_file(content)
    assert _key(api_key_file=path) == KEY
    setenv(API_KEY_FILE=str(path))
    assert _key() == KEY


def test_the_option_of_the_key_file_wins_over_the_variable(key_file: Callable[..., Path], setenv: Setenv) -> None:
    """`--api-key-file` wins over whatever the environment says, be that one variable or several."""
    setenv(API_KEY="another-key")
    assert _key(api_key_file=key_file()) == KEY
    setenv(API_KEY_FILE="/a/third/key")
    assert _key(api_key_file=key_file()) == KEY


def test_of_two_variables_that_say_the_key_none_is_guessed(key_file: Callable[..., Path], setenv: Setenv) -> None:
    """Two variables that say the key are an error of whoever needs it, and of nobody else."""
    setenv(API_KEY="another-key", API_KEY_FILE=str(key_file()))
    assert Settings.load({}).timeout == 30
    with pytest.raises(SettingsError, match=r"IMPORTER_API_KEY\b.*IMPORTER_API_KEY_FILE") as caught:
        _key()
    assert caught.value.code == "key_ambiguous"
    assert "another-key" not in _all_text(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        *(f"IMPORTER_API_KEY={KEY}", f"export IMPORTER_API_KEY={KEY}\n", f"IMPORTER_API_KEY='{KEY}'", f"key = {KEY}"),
        *(f'"{KEY}"', f"'{KEY}'", f"`{KEY}`", f'"{KEY}', f"{KEY}'", f'{{"api_key": "{KEY}"}}', f"<{KEY}>", f"[{KEY}]"),
        *(f"api_key: {KEY}", f"Authorization: {KEY}", f"Bearer {KEY}", f"set API_TOKEN={KEY}", f"$env:KEY='{KEY}'"),
        *(f"# the key\n{KEY}", f"IMPORTER_API_KEY={KEY}\nIMPORTER_GROUP_ID=1\n", f"{KEY} # of May"),
    ],
)
def test_what_holds_more_than_the_key_is_refused(content: str, key_file: Callable[..., Path], setenv: Setenv) -> None:
    """A line of settings, quotation marks, a header: all of it would be sent, and nobody would know why it fails."""
    with pytest.raises(SettingsError) as caught:
        _key(api_key_file=key_file(content))
    assert caught.value.code == "bad_key"
    assert KEY not in caught.value.message + caught.value.hint
    assert "key.txt" in caught.value.message
    setenv(API_KEY=content.strip())
    with pytest.raises(SettingsError, match="IMPORTER_API_KEY"):
        _key()


@pytest.mark.parametrize("key", ["a=b", "c2VjcmV0a2V5==", "keykey==", "sk_live-key.1:2", "apikey:x1", "x/y+z~!", "="])
def test_a_key_may_have_any_signs_in_it(key: str, setenv: Setenv) -> None:
    """What no line of settings is stays as it is."""
    setenv(API_KEY=key)
    assert _key() == key


def test_no_key_is_an_error_that_says_both_ways() -> None:
    """Without a key, the message names the variable and the option."""
    with pytest.raises(SettingsError, match="no API key") as caught:
        _key()
    assert caught.value.code == "key_missing"
    assert "IMPORTER_API_KEY" in caught.value.hint
    assert "--api-key-file" in caught.value.hint


@pytest.mark.parametrize("blank", [" ", "\n\t "])
def test_a_blank_key_is_an_error(blank: str, key_file: Callable[..., Path], setenv: Setenv) -> None:
    """A variable or a file of nothing but white space holds no key, and the message says which."""
    with pytest.raises(SettingsError, match=r"key\.txt is empty"):
        _key(api_key_file=key_file(blank))
    with pytest.raises(SettingsError, match=r"key\.txt is empty"):
        _key(api_key_file=key_file(""))
    setenv(API_KEY=blank)
    with pytest.raises(SettingsError, match="IMPORTER_API_KEY is empty"):
        _key()


@pytest.mark.parametrize("sign", [" ", "\n", "\r\n", "\t", "\x00", "\x7f", "ñ", "\u200b", "•"], ids=ascii)
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(
    sign: str, key_file: Callable[..., Path], setenv: Setenv
) -> None:
    """A space, a line break or a sign outside ASCII inside a key is refused; nothing of the key is in the error."""
    key = f"canary{sign}7f3a"
    with pytest.raises(SettingsError, match=r"key\.txt holds a space") as by_file:
        _key(api_key_file=key_file(key))
    assert by_file.value.code == "bad_key"
    assert "canary" not in _all_text(by_file.value)
    if "\x00" not in sign:
        setenv(API_KEY=key)
        with pytest.raises(SettingsError, match="IMPORTER_API_KEY holds a space") as by_variable:
            _key()
        assert "canary" not in _all_text(by_variable.value)


def _all_text(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + str(error.args)


def test_a_key_file_that_is_no_text_is_refused_without_showing_it(key_file: Callable[..., Path]) -> None:
    """A file in another encoding is refused, and what was read of it is not in the error."""
    path = key_file(b"canary\xff\xfe7f3a")
    with pytest.raises(SettingsError, match="it is not text") as caught:
        _key(api_key_file=path)
    assert caught.value.code == "key_file_unreadable"
    assert "canary" not in _all_text(caught.value)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is named with the reason."""
    with pytest.raises(SettingsError, match=r"gone\.txt cannot be read: No such file"):
        _key(api_key_file=tmp_path / "gone.txt")
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        _key(api_key_file=tmp_path)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_key_file_that_others_can_read_is_warned_of(
    mode: int,
    warned: bool,  # noqa: FBT001 - a parameter of the test
    key_file: Callable[..., Path],
) -> None:
    """A warning names the file and what to do; the key is used all the same."""
    path = key_file(mode=mode)
    warnings = list(Settings.load({"api_key_file": path}).warnings())
    assert len(warnings) == warned
    assert all(str(path) in warning and "chmod 600" in warning for warning in warnings)
    assert _key(api_key_file=path) == KEY


def test_there_is_no_warning_of_a_file_that_is_not_used(
    key_file: Callable[..., Path], tmp_path: Path, setenv: Setenv
) -> None:
    """Nothing is said of no file, of one that is no file, and of one whose key is not used."""
    assert list(Settings.load({}).warnings()) == []
    for path in (tmp_path, tmp_path / "gone", key_file() / "below"):
        assert list(Settings.load({"api_key_file": path}).warnings()) == []
    setenv(API_KEY=KEY, API_KEY_FILE=str(key_file(mode=0o644)))
    assert list(Settings.load({}).warnings()) == []


def test_no_picture_of_the_settings_shows_the_key(key_file: Callable[..., Path], setenv: Setenv) -> None:
    """Neither text nor JSON of the settings holds the key, nor where it is kept where others will see it."""
    setenv(API_KEY=KEY)
    settings = Settings.load({})
    for picture in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.key())):
        assert KEY not in picture
    path = key_file()
    public = json.dumps(Settings.load({"api_key_file": path}).public())
    assert "key" not in public


def test_no_error_of_another_setting_shows_the_key(setenv: Setenv) -> None:
    """An error of any setting, traceback included, shows neither the key nor the wrong value itself."""
    setenv(API_KEY=KEY, CONCURRENCY="canary-value")
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert "canary" not in _all_text(caught.value)


def test_a_key_of_a_wrong_kind_is_not_shown() -> None:
    """An error of the key's own setting does not show it."""
    with pytest.raises(SettingsError, match="--api-key cannot be used") as caught:
        Settings.load({"api_key": KEY.encode() + b"\xff"})
    assert "canary" not in _all_text(caught.value)
    with pytest.raises(SettingsError, match="--nonsense cannot be used"):
        Settings.load({"nonsense": KEY})


def test_settings_do_not_change() -> None:
    """What a run began with stands."""
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings.load({}), "concurrency", 5)  # noqa: B010 - the type checker forbids it too


def test_a_run_that_is_gone_on_with_has_the_settings_it_had(setenv: Setenv) -> None:
    """What was settled when it began stays so, whatever the environment says now."""
    saved = Settings.load({"max_name_length": 40, "chunk_rows": 7, "concurrency": 3}).public()
    setenv(MAX_NAME_LENGTH="99", CHUNK_ROWS="99", BASE_URL="https://other.example.com")
    again = Settings.again(saved, {})
    assert (again.max_name_length, again.chunk_rows, again.concurrency) == (40, 7, 3)
    assert again.base_url == DEFAULTS["base_url"]


def test_ceilings_can_be_given_anew(setenv: Setenv) -> None:
    """An option wins over the environment, and that over what it had; the rest keeps what it had."""
    saved = Settings.load({"concurrency": 3, "rate": 9.0, "timeout": 7.0}).public()
    setenv(CONCURRENCY="5", RATE="2")
    again = Settings.again(saved, {"rate": "4"})
    assert (again.concurrency, again.rate, again.timeout) == (5, 4.0, 7.0)


def test_key_and_state_directory_are_those_of_now(setenv: Setenv, key_file: Callable[..., Path]) -> None:
    """Neither is kept: the key comes from the environment or a file, the state directory from whoever resumes."""
    saved = Settings.load({"state_dir": "/then", "api_key_file": "/then/key"}).public()
    setenv(API_KEY=KEY, STATE_DIR="/now")
    again = Settings.again(saved, {})
    assert (again.key().get_secret_value(), again.state_folder()) == (KEY, Path("/now"))
    setenv(API_KEY="another")
    assert Settings.again(saved, {"api_key_file": key_file()}).key().get_secret_value() == KEY


def test_what_an_older_journal_may_do_is_said_each_time(setenv: Setenv) -> None:
    """Whoever has once gone on with one has not said so of the next."""
    saved = Settings.load({"older_journal": True}).public()
    assert not Settings.again(saved, {}).older_journal
    assert Settings.again(saved, {"older_journal": True}).older_journal
    setenv(OLDER_JOURNAL="true")
    assert Settings.again(saved, {}).older_journal


def test_settings_of_another_version_are_no_obstacle() -> None:
    """A name that is no setting any more is left out; a setting that is new has its default."""
    assert Settings.again({"concurrency": 3, "gone": 1}, {}).public() == DEFAULTS | {"concurrency": 3}


@pytest.mark.parametrize("text", ["auto", "AUTO", " auto "])
def test_auto_is_no_number_of_requests_in_flight(text: str, setenv: Setenv) -> None:
    """`auto` finds the number out; it can take a number back that the environment gives."""
    setenv(CONCURRENCY="9")
    assert Settings.load({}).concurrency == 9
    assert Settings.load({"concurrency": text}).concurrency is None
