"""`importer init`: the first settings, asked for on a terminal or given as options; whole or not at all."""

from __future__ import annotations

import os
import re
import shlex
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from importer.config.places import standing_layers
from importer.config.settings_file import SettingsFile
from importer.errors import SettingsError
from importer.ops.first_settings import Room, write_new
from importer.settings import Settings
from tests.canaries.canaries import KEY, canaries_in, canaries_under
from tests.cli.conftest import GROUP, Importer
from tests.cli.terminals import IMPORTER, Terminal, terminal
from tests.config.conftest import Write

OTHER_GROUP: Final = "99999999-2222-4333-8444-555555555555"
GIVEN: Final = ("--yes", "--group-id", GROUP, "--linked-account-id", "acct-1")


def _path(home: Path) -> Path:
    return home / ".config" / "importer" / "importer.toml"


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Return a file that holds the key."""
    path = tmp_path / "the key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path


def test_options_say_what_is_written(importer: Importer, home: Path, key_file: Path) -> None:
    """In the user's configuration folder, for its owner alone; it is loaded, and the key is looked at."""
    where = ("--state", home / "st ñ", "--output", home / "out", "--source", home / "changes.csv")
    said = importer("init", *GIVEN, "--api-key-file", key_file, *where)
    assert said.code == 0, said.err
    path = _path(home)
    assert _read(path) == {
        "base_url": "https://api.reverepayments.dev",
        "group_id": GROUP,
        "linked_account_id": "acct-1",
        "api_key_file": str(key_file),
        "state": str(home / "st ñ"),
        "source": str(home / "changes.csv"),
        "output": str(home / "out"),
    }
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert f"Written to {path}: the settings." in said.out
    assert f"The API key can be read: api_key_file, from {path}, line 6." in said.out
    assert said.out.splitlines()[-1] == "Whether tonight will work: importer doctor"
    assert canaries_in(said.out + said.err) | set(canaries_under(path)) == set()
    assert importer("config", "validate").code == 0
    settings = Settings.load({}, standing_layers(None, None))
    assert (settings.group_id, settings.key().get_secret_value()) == (GROUP, KEY)
    assert settings.state_dir == home / "st ñ"


def test_a_path_is_written_from_where_it_was_typed(
    importer: Importer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the root on, or from the folder of the settings file, since that is what it is read from."""
    monkeypatch.chdir(home)
    path = home / "conf" / "importer.toml"
    said = importer("--config", "conf/importer.toml", "init", *GIVEN, "--state", "st", "--api-key-file", "conf/k")
    assert said.code == 1, said.err
    assert (_read(path)["state"], _read(path)["api_key_file"]) == (str(home / "st"), "k")
    assert "The API key is still to come." in said.err
    assert f"{home / 'conf' / 'k'} cannot be read: No such file" in said.err


def test_a_key_that_is_still_to_come_is_told(importer: Importer, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings are written all the same; once it is there, all is well."""
    monkeypatch.delenv("IMPORTER_API_KEY", raising=False)
    said = importer("init", *GIVEN)
    assert said.code == 1
    assert "The API key is still to come. There is no API key." in said.err
    assert _path(home).exists()
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    said = importer("init", *GIVEN, "--profile", "north")
    assert said.code == 0
    assert "The API key can be read: api_key, from IMPORTER_API_KEY." in said.out
    assert canaries_in(said.out + said.err) == set()


def test_a_file_that_is_there_stays_as_it_is(importer: Importer, home: Path, write: Write) -> None:
    """What to do instead is said."""
    path = write("# mine\ntimeout = 3")
    said = importer("init", *GIVEN)
    assert said.code == 2
    assert f"There is a settings file already: {path}." in said.err
    assert "init --profile NAME" in said.err
    assert path.read_text() == "# mine\ntimeout = 3"
    assert _files(home) == [".config", ".config/importer", ".config/importer/importer.toml"]


@pytest.mark.parametrize(
    ("before", "between"),
    [
        (b"# mine\ntimeout = 3", b"\n\n"),
        (b"# mine\ntimeout = 3\n", b"\n"),
        (b"\xef\xbb\xbf# mine\r\ntimeout = 3\r\n", b"\r\n"),
        (b"[profiles.south]\r\nwait = 1", b"\r\n\r\n"),
        (b"", b""),
        ("# ñ\n[columns]\n'Größe' = 'email'\n".encode(), b"\n"),
    ],
)
def test_a_profile_is_put_behind_what_stands(before: bytes, between: bytes, importer: Importer, write: Write) -> None:
    """Of which not a byte changes, nor who may read it."""
    path = write(before, mode=0o644)
    said = importer("init", *GIVEN, "--profile", "north")
    assert said.code in (0, 1), said.err
    after = path.read_bytes()
    assert after.startswith(before + between + b"[profiles.north]")
    assert (b"\r\n" in after) == (b"\r\n" in before)
    assert after.count(b"\n") == after.count(b"\r\n") or b"\r\n" not in before
    assert _mode(path) == 0o644
    assert SettingsFile.read(path).profiles["north"]["group_id"] == GROUP
    assert importer("config", "validate").code == 0
    again = importer("init", *GIVEN, "--profile", "north")
    assert again.code == 2
    assert "There is a profile north already" in again.err
    assert path.read_bytes() == after


def test_a_link_to_a_settings_file_stays_one(importer: Importer, write: Write, tmp_path: Path) -> None:
    """What it leads to gets the profile."""
    target = write("timeout = 3\n", path=tmp_path / "dotfiles" / "importer.toml")
    path = write()
    path.unlink()
    path.symlink_to(target)
    importer("init", *GIVEN, "--profile", "north")
    assert path.is_symlink()
    assert "[profiles.north]" in target.read_text()


@pytest.mark.parametrize("before", ["profiles = { south = { wait = 1 } }\n", "profiles.south.wait = 1\n"])
def test_what_cannot_be_put_behind_is_said(before: str, importer: Importer, write: Write) -> None:
    """TOML allows no table there: a person puts it in."""
    path = write(before)
    said = importer("init", *GIVEN, "--profile", "north")
    if said.code == 2:
        assert "cannot be put behind what stands" in said.err
        assert f'group_id = "{GROUP}"' in said.err
        assert path.read_text() == before
    else:  # a version of TOML that allows it
        assert SettingsFile.read(path).profiles["south"] == {"wait": 1}


@pytest.mark.parametrize("before", ["timeout = \n", "[profiles]\nsouth = 3\n"])
def test_a_file_that_is_wrong_is_mended_first(before: str, importer: Importer, write: Write) -> None:
    """Nobody knows what a profile would be in it."""
    path = write(before)
    said = importer("init", *GIVEN, "--profile", "north")
    assert said.code == 2
    assert path.read_text() == before


def test_a_file_that_others_may_write_to_gets_nothing(importer: Importer, write: Write) -> None:
    """It is not to be trusted."""
    path = write("timeout = 3\n", mode=0o666)
    assert importer("init", *GIVEN, "--profile", "north").code == 2
    assert path.read_text() == "timeout = 3\n"


@pytest.mark.parametrize("name", ["a b", "", "-x", "x/y", "a\nb", "x" * 65, "ñ\u200b"])
def test_a_name_that_no_profile_has_is_refused(name: str, importer: Importer, home: Path) -> None:
    """It would have to be typed, and is a part of other names."""
    assert importer("init", *GIVEN, f"--profile={name}").code == 2
    assert _files(home) == []


@pytest.mark.parametrize("name", ["north", "1", "nörd-1.x_", "a.b"])
def test_any_other_name_is_taken(name: str, importer: Importer, home: Path) -> None:
    """In quotation marks where TOML wants them."""
    importer("init", *GIVEN, f"--profile={name}")
    assert _read(_path(home))["profiles"][name]["group_id"] == GROUP


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--base-url", "http://example.com"), "--base-url cannot be used: plain http is accepted"),
        (("--group-id", "1234"), "--group-id cannot be used: it must have 32 digits"),
        (("--linked-account-id", "a b"), "--linked-account-id cannot be used: it must be 1 to 128"),
        (("--state", "/etc/passwd"), "--state cannot be used: /etc/passwd is no folder"),
        (("--state", "/etc/passwd/x"), "--state cannot be used: /etc/passwd is no folder"),
        (("--output", "/proc/x\udcff"), "--output cannot be used: it has signs that are no text"),
        (("--api-key-file", "/etc"), "--api-key-file cannot be used: the API key file /etc cannot be read"),
        (("--base-url", ""), "--base-url cannot be used: it is empty"),
    ],
)
def test_an_option_that_cannot_be_used_writes_nothing(
    options: Sequence[str], said: str, importer: Importer, home: Path
) -> None:
    """It is named, with why."""
    found = importer("init", "--yes", *options)
    assert found.code == 2
    assert said in found.err
    assert _files(home) == []


def test_a_key_file_with_more_than_the_key_is_refused(importer: Importer, home: Path, key_file: Path) -> None:
    """At once, and not tonight; nothing of it is shown."""
    key_file.write_text(f"IMPORTER_API_KEY={KEY}\n")
    said = importer("init", *GIVEN, "--api-key-file", key_file)
    assert said.code == 2
    assert "is not the API key alone" in said.err
    assert canaries_in(said.out + said.err) == set()
    assert _files(home) == []


def test_without_a_terminal_it_says_what_to_give(importer: Importer, home: Path) -> None:
    """Nobody is there who could answer."""
    with terminal(f"setsid --wait {IMPORTER} init </dev/null") as at:
        code, shown = at.end()
    assert code == 2
    assert "Nobody can be asked" in shown
    assert "--yes" in shown
    assert _files(home) == []
    assert importer("init", "--yes").code == 1


def test_a_folder_that_cannot_be_made_is_told(importer: Importer, home: Path) -> None:
    """And nothing is left of it."""
    (home / "file").write_text("")
    said = importer("--config", home / "file" / "importer.toml", "init", *GIVEN)
    assert said.code == 2
    assert "cannot be written: Not a directory" in said.err


def _answer(at: Terminal, *answers: tuple[str, str]) -> None:
    """Answer questions in their order, each once the text that it ends with is there."""
    for question, text in answers:
        at.until(question)
        at.shown = at.shown.partition(question)[2]
        at.type(f"{text}\n")


def test_six_questions_with_enter_for_each(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in brackets holds; the key's file is written with what is typed unseen, for its owner alone."""
    monkeypatch.setenv("IMPORTER_STATE_DIR", "")
    with terminal(f"{IMPORTER} init") as at:
        at.until("Where is the API [https://api.reverepayments.dev]: ")
        before = at.shown
        _answer(
            at,
            ("Where is the API [https://api.reverepayments.dev]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("or in a keyring [file]: ", ""),
            ("and nothing else [", ""),
            ("for you alone [y/N]: ", "y"),
            ("(it is not shown): ", KEY),
            ("The file that is sent every night [none", ""),
            ("The folder for reports [the folder of each sheet]: ", ""),
        )
        code, shown = at.end()
    path = _path(home)
    assert "~/.config/importer/importer.toml" in " ".join(before.split())
    assert code == 0, shown
    assert _read(path) == {"base_url": "https://api.reverepayments.dev", "api_key_file": "api.key"}
    key = path.parent / "api.key"
    assert (key.read_text(), _mode(key), _mode(path)) == (f"{KEY}\n", 0o600, 0o600)
    assert "The API key can be read" in shown
    assert canaries_in(before + shown) == set()
    assert _files(home / ".config" / "importer") == ["api.key", "importer.toml"]


def test_an_answer_that_cannot_be_used_is_asked_for_again(home: Path, tmp_path: Path) -> None:
    """At once, with why; a key that somebody types where none is asked for is not shown once more."""
    with terminal(f"{IMPORTER} init --profile north") as at:
        _answer(
            at,
            ("Where is the API [https://api.reverepayments.dev]: ", "http://example.com"),
            ("plain http is accepted for this machine only", ""),
        )
        _answer(at, ("name their own [each row says it]: ", "1234"), ("it must have 32 digits", GROUP))
        _answer(at, ("name their own [each row says it]: ", "acct-1"))
        _answer(at, ("or in a keyring [file]: ", KEY), ("it must be file, command, variable or keyring", "command"))
        _answer(at, ("The command that prints it [pass show importer]: ", "echo 'x"), ("a quotation mark", "bin/x"))
        _answer(at, ("its whole path, from / on", f"cat '{tmp_path}/no such'"))
        _answer(
            at,
            ("The file that is sent every night [", "/etc"),
            ("/etc is a folder", "/no such/x.csv"),
            ("there is no folder /no such", "~/in ñ.csv"),
        )
        _answer(at, ("The folder for reports [", "~nobody-is-called-so/x"), ("does not know", str(home / "out")))
        code, shown = at.end()
    assert code == 1
    assert "The key_command has failed with exit code 1." in " ".join(shown.split())
    assert _read(_path(home))["profiles"]["north"] == {
        "base_url": "https://api.reverepayments.dev",
        "group_id": GROUP,
        "linked_account_id": "acct-1",
        "key_command": ["cat", f"{tmp_path}/no such"],
        "source": "~/in ñ.csv",
        "output": str(home / "out"),
    }


def test_what_holds_for_all_is_not_written_again(home: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is offered; options are, too, and go before it. A variable and a keyring leave no key in the file."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    write(f"base_url = 'https://x.example.com'\ngroup_id = '{GROUP}'\n")
    with terminal(f"{IMPORTER} init --profile north --group-id {OTHER_GROUP}") as at:
        _answer(
            at,
            ("Where is the API [https://x.example.com]: ", ""),
            (f"name their own [{OTHER_GROUP}]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("or in a keyring [file]: ", "v"),
            ("IMPORTER_API_KEY must hold it", ""),
            ("The folder for reports [", ""),
        )
        code, _ = at.end()
    assert code in (0, 1)
    assert _read(_path(home))["profiles"] == {"north": {"group_id": OTHER_GROUP}}
    with terminal(f"{IMPORTER} init --profile south") as at:
        _answer(
            at,
            ("Where is the API [https://x.example.com]: ", ""),
            (f"name their own [{GROUP}]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("or in a keyring [file]: ", "keyring"),
            ("in the keyring [importer/south]: ", ""),
            ("The file that is sent every night [none", ""),
            ("The folder for reports [", ""),
        )
        at.end()
    assert _read(_path(home))["profiles"]["south"] == {"keyring": "importer/south"}


@pytest.mark.parametrize("end", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("answered", range(8))
def test_whoever_ends_it_leaves_nothing(end: str, answered: int, home: Path) -> None:
    """At any question, with all that was answered before."""
    questions = [
        ("Where is the API [https://api.reverepayments.dev]: ", ""),
        ("name their own [each row says it]: ", ""),
        ("name their own [each row says it]: ", ""),
        ("or in a keyring [file]: ", ""),
        ("and nothing else [", ""),
        ("for you alone [y/N]: ", "y"),
        ("(it is not shown): ", KEY),
        ("The file that is sent every night [none", ""),
        ("The folder for reports [", ""),
    ]
    with terminal(f"{IMPORTER} init; echo; stty -a; exit $?") as at:
        _answer(at, *questions[:answered])
        at.until(questions[answered][0])
        at.type(end)
        at.until("speed ")
        _, shown = at.end()
    assert ("Interrupted." if end == "\x03" else "Nothing was written.") in shown
    assert re.search(r"(?<!-)\becho\b", shown)  # the terminal shows again what is typed
    assert canaries_in(shown) == set()
    assert _files(home) == []


def test_a_key_file_goes_again_where_the_settings_cannot_be_written(home: Path, tmp_path: Path) -> None:
    """One without the other is half of it."""
    key = tmp_path / "keys" / "api.key"
    path = home / "gone" / "importer.toml"
    with terminal(f"{IMPORTER} --config {shlex.quote(str(path))} init") as at:
        _answer(
            at,
            ("Where is the API [https://api.reverepayments.dev]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("name their own [each row says it]: ", ""),
            ("or in a keyring [file]: ", ""),
            ("and nothing else [", str(key)),
            ("for you alone [y/N]: ", "y"),
            ("(it is not shown): ", KEY),
            ("The file that is sent every night [none", ""),
        )
        at.until("The folder for reports [")
        path.parent.write_text("in the way")
        at.type("\n")
        code, shown = at.end()
    assert code == 2
    assert "cannot be written" in shown
    assert not key.exists()


def test_a_kill_leaves_no_half_of_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written has its name only once it is whole."""
    seen: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(_files(home)))
    write_new(home / "a" / "importer.toml", "timeout = 3\n")
    assert not any(name.endswith("/importer.toml") for name in seen[0])
    assert _files(home) == ["a", "a/importer.toml"]
    with pytest.raises(FileExistsError):
        write_new(home / "a" / "importer.toml", "timeout = 4\n")
    assert (home / "a" / "importer.toml").read_text() == "timeout = 3\n"
    assert _files(home) == ["a", "a/importer.toml"]


def test_a_file_system_without_links_will_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As that of a stick: a file that is there stays all the same."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    write_new(home / "importer.toml", "timeout = 3\n")
    assert ((home / "importer.toml").read_text(), _mode(home / "importer.toml")) == ("timeout = 3\n", 0o600)
    with pytest.raises(FileExistsError):
        write_new(home / "importer.toml", "timeout = 4\n")
    assert _files(home) == ["importer.toml"]


def test_whatever_a_text_has_in_it_is_read_again(home: Path) -> None:
    """Quotation marks, backslashes, control characters, letters of all scripts."""
    text = "".join(map(chr, range(1, 0x180))) + "\u2028𝄞"
    Room.find(home / "importer.toml", "north").write({"state": text, "key_command": [text, text]})
    assert _read(home / "importer.toml") == {"profiles": {"north": {"state": text, "key_command": [text, text]}}}


def test_a_file_that_is_changed_meanwhile_stays_as_it_is(write: Write) -> None:
    """Somebody else has written to it between the questions and the writing."""
    path = write("timeout = 3\n")
    room = Room.find(path, "north")
    write("timeout = 4\n[profiles.north]\nwait = 1\n")
    with pytest.raises(SettingsError):
        room.write({"wait": "x"})
    assert path.read_text() == "timeout = 4\n[profiles.north]\nwait = 1\n"
