"""The key: from the highest place that says it, and there the only one; a command has its bounds, and shows nothing."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from importer.config import key_command
from importer.config.key_command import key_from
from importer.config.key_sources import KeySource
from importer.config.places import standing_layers
from importer.errors import SettingsError
from importer.settings import Settings
from tests.canaries.canaries import KEY, canaries_in
from tests.config.conftest import Write

SCRIPT: Final = (sys.executable, "-c")


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    key_from.cache_clear()


def _load(profile: str | None = None, **options: Any) -> Settings:  # noqa: ANN401 - options have several types
    return Settings.load({"profile": profile, **options}, standing_layers(None, profile))


def _refused(ask: Callable[[], object]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        ask()
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args) + caught.value.hint
    assert canaries_in(said) == set()
    return caught.value


def _command(script: str, **more: Any) -> str:  # noqa: ANN401 - as the function has it
    return key_from((*SCRIPT, script), "The key_command", **more)


def _source(settings: Settings) -> KeySource:
    source = settings.key_source()
    assert source is not None
    return source


def _file(folder: Path, key: str = KEY) -> Path:
    path = folder / f"{key[:3].replace('/', '')}.key"
    path.write_text(key)
    path.chmod(0o600)
    return path


def test_a_command_says_the_key(capfd: pytest.CaptureFixture[str]) -> None:
    """What it prints beside it on standard error is nowhere, and it has nothing to read."""
    script = f"import sys; print({KEY!r}); print('{KEY}', file=sys.stderr); assert sys.stdin.read() == ''"
    assert _command(script) == f"{KEY}\n"
    assert capfd.readouterr() == ("", "")


def test_a_command_is_run_once(tmp_path: Path) -> None:
    """A password manager need not be asked twice by one process."""
    script = f"open({str(tmp_path / 'log')!r}, 'a').write('x'); print('k')"
    assert [_command(script) for _ in range(3)] == ["k\n"] * 3
    assert (tmp_path / "log").read_text() == "x"


def test_no_shell_takes_a_command_apart(tmp_path: Path) -> None:
    """Its words are what they are."""
    words = ("$HOME", "a b", "*", f"; touch {tmp_path}/made")
    script = "import sys; print('|'.join(sys.argv[1:]))"
    assert key_from((*SCRIPT, script, *words), "It") == "|".join(words) + "\n"
    assert not (tmp_path / "made").exists()


def test_a_command_has_no_terminal() -> None:
    """One that would ask fails at once, and does not wait for somebody."""
    script = "import os, sys\ntry: os.open('/dev/tty', os.O_RDWR)\nexcept OSError: print('none')"
    assert _command(script) == "none\n"


FAILING: Final = {
    "fails": (
        f"import sys; print({KEY!r}); print({KEY!r}, file=sys.stderr); sys.exit(3)",
        "has failed with exit code 3",
    ),
    "dies": (f"import os; print({KEY!r}, flush=True); os.kill(os.getpid(), 9)", "has failed with signal 9"),
    "prints nothing": ("", "prints nothing"),
    "prints blanks": ("print(' ')", "prints nothing"),
    "prints too much": (f"print({KEY!r} * 9000)", "prints more than 64 KiB"),
    "prints without end": (f"while True: print({KEY!r})", "prints more than 64 KiB"),
    "prints no text": (f"import os; os.write(1, b'\\xff{KEY}')", "prints what is no text"),
}


@pytest.mark.parametrize(("script", "said"), FAILING.values(), ids=FAILING)
def test_what_a_command_prints_is_shown_nowhere(script: str, said: str) -> None:
    """Whatever goes wrong with it."""
    error = _refused(lambda: _command(script))
    assert (error.code, error.message) == ("key_command_failed", f"The key_command {said}.")
    assert "run it by itself" in error.hint


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("/no/such/program",), "No such file"),
        (("no-program-is-called-so",), "No such file"),
        (("/etc/passwd",), "Permission denied"),
        (("/etc",), "Permission denied"),
        (("sh\0",), "a character that no word has"),
    ],
)
def test_a_command_that_is_none_is_named_as_such(command: Sequence[str], said: str) -> None:
    """The words themselves may hold what nobody should read, and are not shown."""
    error = _refused(lambda: key_from(command, "The key_command"))
    assert said in error.message
    assert command[0] not in error.message


def _is_gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def _gone_soon(pid: int) -> bool:
    ends_at = time.monotonic() + 10
    while not _is_gone(pid) and time.monotonic() < ends_at:
        time.sleep(0.01)
    return _is_gone(pid)


@pytest.mark.parametrize(
    "hanging",
    ["signal.pause()", "os.close(1); signal.pause()", "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"],
    ids=["with its output", "without its output", "deaf"],
)
def test_a_command_that_hangs_is_ended(hanging: str, tmp_path: Path) -> None:
    """With all that it has started."""
    script = (
        f"import os, signal; child = os.fork(); "
        f"open({str(tmp_path)!r} + '/' + ('child' if child else 'me'), 'w').write(str(child or os.getpid())); {hanging}"
    )
    started = time.monotonic()
    error = _refused(lambda: _command(script, longest_s=2.0))
    assert "has not ended within 2 seconds" in error.message
    assert time.monotonic() - started < 20
    assert _gone_soon(int((tmp_path / "child").read_text()))


def test_a_child_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    """The key is there when the command has ended; what it leaves behind is ended."""
    pid = tmp_path / "pid"
    script = f"""
import os, pathlib, signal
pid = pathlib.Path({str(pid)!r})
if not os.fork():
    pid.write_text(str(os.getpid()))
    signal.pause()
while not (pid.exists() and pid.read_text()):
    pass
print({KEY!r})
"""
    started = time.monotonic()
    assert _command(script, longest_s=25.0) == f"{KEY}\n"
    assert time.monotonic() - started < 20
    assert _gone_soon(int(pid.read_text()))


def test_a_command_is_no_process_that_stays() -> None:
    """Neither a running one nor one that nobody has looked after."""
    before = _children()
    assert _command("print('x')") == "x\n"
    assert _children() == before


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_ctrl_c_ends_a_command_too(tmp_path: Path) -> None:
    """It has a session of its own, and does not hear of that by itself."""
    script = f"""
import sys
from importer.config.key_command import key_from
inner = "import os, signal; open({str(tmp_path / "pid")!r}, 'w').write(str(os.getpid())); signal.pause()"
key_from((sys.executable, "-c", inner), "It")
"""
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    ends_at = time.monotonic() + 30
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()) and time.monotonic() < ends_at:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert _gone_soon(int((tmp_path / "pid").read_text()))


def test_the_higher_level_wins(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, environment, profile, the rest of the file: what a lower one says is not even looked at."""
    write(
        "key_command = ['/no/such/command']\n[profiles.none]\n"
        f"[profiles.north]\napi_key_file = '{_file(tmp_path, 'of-profile')}'\n"
    )
    assert _source(_load("none")).level == "settings file"
    found = _load("north")
    assert found.key().get_secret_value() == "of-profile"
    source = _source(found)
    assert (source.setting, source.level) == ("api_key_file", "profile")
    assert source.place.endswith("importer.toml, line 4")
    monkeypatch.setenv("IMPORTER_API_KEY", "of-variable")
    assert _load("north").key().get_secret_value() == "of-variable"
    assert _load("north").key_source() == Settings.load({}).key_source()
    option = _load("north", api_key_file=_file(tmp_path, "option"))
    assert option.key().get_secret_value() == "option"
    assert _source(option).place == "--api-key-file"


@pytest.mark.parametrize("table", ["", "[profiles.north]\n"])
def test_two_on_one_level_are_refused(table: str, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody guesses which is meant; who needs no key is not kept from anything, and a higher level settles it."""
    path = write(f"{table}api_key_file = 'a'\nkeyring = 'b/c'\nkey_command = ['x']\n")
    profile = "north" if table else None
    settings = _load(profile)
    error = _refused(settings.key)
    assert error.code == "key_ambiguous"
    first = 2 if table else 1
    assert f"api_key_file ({path}, line {first})" in error.message
    assert f"key_command ({path}, line {first + 2})" in error.message
    monkeypatch.setenv("IMPORTER_API_KEY", "k")
    assert _load(profile).key().get_secret_value() == "k"


def test_a_systemd_credential_says_the_key(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on the level of the environment, and goes before what the settings file says."""
    write("keyring = 'a/b'\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "none"))
    assert _source(_load()).setting == "keyring"
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    credential = folder / "importer-api-key"
    credential.write_text(f"{KEY}\n")
    credential.chmod(0o440)  # so systemd's look, with an entry for the user beside
    settings = _load()
    assert settings.key().get_secret_value() == KEY
    assert _source(settings).place == "the systemd credential importer-api-key"
    assert list(settings.warnings()) == []
    monkeypatch.setenv("IMPORTER_API_KEY", "another")
    assert "IMPORTER_API_KEY" in _refused(_load().key).message
    credential.unlink()
    assert _load().key().get_secret_value() == "another"


def test_a_credential_that_cannot_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has meant it."""
    (tmp_path / "importer-api-key").symlink_to("gone")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert _refused(Settings.load({}).key).code == "key_file_unreadable"


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a keyring of the test's own in the place of the desktop's: the real package with another backend."""
    if importlib.util.find_spec("keyring") is None:
        assert not os.environ.get("CI"), "the package keyring is missing"
        pytest.skip("the package keyring is not installed")
    (tmp_path / "own_keyring.py").write_text(f"""
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return {KEY!r} if (service, username) == ("importer", "north/1") else None
    def set_password(self, *_): pass
""")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")])))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "own_keyring.Keyring")
    return tmp_path


@pytest.mark.usefixtures("keyring")
def test_a_keyring_says_the_key(write: Write) -> None:
    """By its service and its user, in a process of its own."""
    write("keyring = 'importer/north/1'\n")
    assert _load().key().get_secret_value() == KEY
    write("keyring = 'importer/south'\n")
    error = _refused(_load().key)
    assert error.message == "The keyring has failed with exit code 1."
    assert "`keyring get importer south` must print the key" in error.hint


@pytest.mark.usefixtures("keyring")
def test_a_file_of_the_current_folder_is_no_keyring(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write to the folder of sheets would get to say the key."""
    write("keyring = 'importer/north/1'\n")
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "keyring.py").write_text("print('theirs')")
    monkeypatch.chdir(folder)
    assert _load().key().get_secret_value() == KEY


def test_without_the_package_there_is_no_keyring(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how it is installed."""
    monkeypatch.setattr(key_command, "find_spec", lambda _: None)
    write("keyring = 'importer/north'\n")
    error = _refused(_load().key)
    assert error.code == "keyring_missing"
    assert ".[keyring]" in error.hint
