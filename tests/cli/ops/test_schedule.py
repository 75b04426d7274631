"""`importer schedule`: what it shows, writes and takes away, in a home whose path has a blank and other letters."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from importer.cli.main import run_command
from importer.ops.schedule.scheduled import NightPlaces
from importer.ops.schedule.unit_files import UnitFolder
from tests.canaries.canaries import KEY, canaries_in, canaries_under
from tests.cli.conftest import ACCOUNT, GROUP, Importer, Said
from tests.cli.terminals import IMPORTER, terminal

OTHERS: Final = b"MAILTO=ops\n# \xff is no UTF-8\n0 1 * * * backup --at=\\%H\n"
_CRONTAB: Final = """#!/bin/sh
case "$1" in
-l) [ -e {0} ] && cat {0} && exit; echo "no crontab for clerk" >&2; exit 1 ;;
-) cat >{0} ;;
-r) rm {0} ;;
esac
"""
_SYSTEMCTL: Final = '#!/bin/sh\necho "$*" >>{0}\n[ ! -e {0}.refuses ]\n'


class Home:
    """A home with a sheet and a key, and programs that only write down what they are told.

    Args:
        path: Where it is to be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.crontab = path.parent / "crontab"
        self.told = path.parent / "told"
        self.bin = path.parent / "bin"
        self.source = path / "exports 100%" / "changes.csv"
        self.key = path / "the key"
        self.settings = path / "importer.toml"
        self.units = UnitFolder(path / ".config" / "systemd" / "user")
        for folder in (self.source.parent, self.bin):
            folder.mkdir(parents=True)
        self.source.write_text("Customer ID,First Name,Last Name,Email\n", "utf-8")
        self.key.write_text(f"{KEY}\n", "utf-8")
        self.key.chmod(0o600)
        self.settings.write_text(
            f'[profiles.north]\ngroup_id = "{GROUP}"\nlinked_account_id = "{ACCOUNT}"\napi_key_file = "the key"\n',
            "utf-8",
        )
        self.settings.chmod(0o600)
        for name, text, file in (("crontab", _CRONTAB, self.crontab), ("systemctl", _SYSTEMCTL, self.told)):
            (self.bin / name).write_text(text.format(shlex.quote(str(file))), "utf-8")
            (self.bin / name).chmod(0o755)

    def tree(self) -> Mapping[str, bytes]:
        """What is in it: each file, and where each link leads."""
        return {
            str(path.relative_to(self.path)): os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in self.path.rglob("*")
            if path.is_symlink() or path.is_file()
        }

    def calls(self) -> list[str]:
        """What systemctl was told."""
        return self.told.read_text("utf-8").splitlines() if self.told.exists() else []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return the home, which is this process's; the key in its environment is not there at night."""
    made = Home(tmp_path / "Ana Ñandú")
    for name in list(os.environ):
        if name.startswith(("XDG_", "IMPORTER_")) or name.upper().endswith(("_PROXY", "_CA_BUNDLE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(made.path))
    monkeypatch.setenv("PATH", f"{made.bin}:/usr/bin:/bin")
    monkeypatch.chdir(made.path)
    return made


NORTH: Final = ("--config", "importer.toml", "schedule", "exports 100%/changes.csv", "--profile", "north")


def _north(*arguments: str) -> tuple[str, ...]:
    return (*NORTH, "--daily", "06:15", *arguments)


@pytest.mark.parametrize("by", ["--systemd", "--cron", "--system"])
def test_print_writes_nothing(by: str, importer: Importer, home: Home) -> None:
    """What would be written is on standard output, and nothing else anywhere."""
    before = home.tree()
    said = importer(*_north(by, "--print"))
    assert (said.code, said.err) == (0, "")
    assert "# importer schedule: north\n" in said.out
    assert str(home.source).replace("%", "\\%" if by == "--cron" else "%%") in said.out
    assert (home.tree(), home.calls(), home.crontab.exists()) == (before, [], False)


def test_the_file_that_the_settings_name_is_sent(
    importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no file is named, it is that of the profile, from the settings file's folder on; never a variable's."""
    with home.settings.open("a", encoding="utf-8") as file:
        file.write('source = "exports 100%/changes.csv"\n')
    named = importer(*_north("--cron", "--print"))
    monkeypatch.setenv("IMPORTER_SOURCE", "/elsewhere.csv")
    unnamed = importer(*NORTH[:3], *NORTH[4:], "--daily", "06:15", "--cron", "--print")
    assert (unnamed.code, unnamed.out) == (0, named.out)


def test_cron_is_told_the_state_directory_of_another_home(
    importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the home that the system knows: only there, the usual one is meant without being named."""
    elsewhere = importer(*_north("--cron", "--print"))
    assert f"--state '{home.path}/.local/state/importer'" in elsewhere.out
    monkeypatch.setattr("importer.cli.ops.schedule._own_home", lambda: str(home.path))
    assert "--state" not in importer(*_north("--cron", "--print")).out
    monkeypatch.setenv("XDG_STATE_HOME", str(home.path / "states"))
    assert f"--state '{home.path}/states/importer'" in importer(*_north("--cron", "--print")).out


def test_a_timer_is_written_and_taken_away(importer: Importer, home: Home) -> None:
    """Three names, which the manager takes up; then nothing is left of them."""
    before = home.tree()
    said = importer(*_north("--systemd", "--yes"))
    assert said.code == 0
    service, timer, link = (kind("north") for kind in (home.units.service, home.units.timer, home.units.link))
    assert home.tree().keys() - before.keys() == {str(path.relative_to(home.path)) for path in (service, timer, link)}
    assert link.resolve() == timer
    assert said.out == f"# {service}\n{service.read_text('utf-8')}\n# {timer}\n{timer.read_text('utf-8')}"
    assert f"LoadCredential=importer-api-key:{home.key}\n" in service.read_text("utf-8")
    assert "Written: changes.csv is sent every day at 06:15, begun by systemd --user." in said.err
    assert home.calls() == [
        "--user --no-ask-password stop importer-north.timer",
        "--user --no-ask-password daemon-reload",
        "--user --no-ask-password clean --what=state importer-north.timer",
        "--user --no-ask-password start importer-north.timer",
    ]
    assert importer("schedule").out.splitlines()[1].split() == [
        *("north", "*-*-*", "06:15:00", "systemd", "--user"),
        *str(timer).split(),
    ]
    gone = importer("schedule", "--remove", "--profile", "north", "--yes")
    assert gone == Said(0, "", "The schedule north is taken away. What its runs have written stays.\n")
    assert home.tree() == before
    assert not link.parent.exists()
    assert home.calls()[4:] == [
        "--user --no-ask-password stop importer-north.timer",
        "--user --no-ask-password clean --what=state importer-north.timer",
        "--user --no-ask-password daemon-reload",
        "--user --no-ask-password reset-failed importer-north.service",
    ]


@pytest.mark.parametrize("others", [None, b"", OTHERS])
def test_a_line_for_cron_is_written_and_taken_away(others: bytes | None, importer: Importer, home: Home) -> None:
    """Whatever else is in the crontab stays as it is; at another time it is the same line."""
    if others is not None:
        home.crontab.write_bytes(others)
    before, tree = others or b"", home.tree()
    assert importer(*_north("--cron", "--yes")).code == 0
    first = home.crontab.read_bytes()
    assert first.startswith(before + b"# importer schedule: north\n15 6 * * * /usr/bin/env PATH=")
    assert importer(*NORTH, "--weekdays", "7:05", "--cron", "--yes").code == 0
    assert home.crontab.read_bytes() == first.replace(b"\n15 6 * * * /", b"\n5 7 * * 1-5 /")
    assert importer("schedule").out.splitlines()[1].split() == [
        *("north", "5", "7", "*", "*", "1-5"),
        *("cron", "crontab", "-l"),
    ]
    assert importer("schedule", "--remove", "--name", "north", "--yes").code == 0
    assert (home.crontab.read_bytes() if home.crontab.exists() else b"") == before
    assert (home.tree(), home.calls()) == (tree, [])


def test_the_key_is_nowhere(importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """In no unit, no crontab, no word of a command and no message, wherever it is now."""
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    home.key = home.key.rename(home.path.parent / "key file")
    home.settings.write_text(home.settings.read_text("utf-8").replace('"the key"', '"../key file"'), "utf-8")
    printed = ""
    for by in ("--systemd", "--cron"):
        for words in (_north(by, "--print"), _north(by, "--yes"), ("schedule",)):
            said = importer(*words)
            assert said.code == 0
            printed += said.out + said.err
        assert canaries_in(home.crontab.read_bytes() if home.crontab.exists() else b"") == set()
        assert canaries_under(home.path, home.told) == {}
        said = importer("schedule", "--remove", "--name", "north", "--yes")
        assert said.code == 0
        printed += said.out + said.err
    home.key.write_text(f"api_key={KEY}\n", "utf-8")
    said = importer(*_north("--systemd", "--yes"))
    assert said.code == 2
    assert canaries_in(printed + said.out + said.err) == set()


def test_a_key_that_is_only_in_this_shell_is_none_at_night(
    importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said which variable that is, and where the key may be instead."""
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    said = importer("schedule", home.source, "--daily", "06:15", "--cron", "--yes", "--", "--group-id", GROUP)
    assert said.code == 2
    assert "Error: Nothing says the API key at night. What is set in this shell, IMPORTER_API_KEY, is not" in said.err
    assert "api_key_file" in said.err
    assert canaries_in(said.err) == set()
    assert os.environ["IMPORTER_API_KEY"] == KEY
    assert importer("schedule", home.source, "--daily", "06:15", "--cron", "--yes", "--", "--dry-run").code == 0


def test_what_is_set_in_this_shell_is_told(importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that say how a run goes, and a proxy; the profile they name is taken along."""
    for name, value in (
        ("IMPORTER_RATE", "5"),
        ("HTTPS_PROXY", "http://user:secret@proxy"),
        ("IMPORTER_PROFILE", "north"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IMPORTER_CONFIG", "importer.toml")
    said = importer("schedule", "exports 100%/changes.csv", "--daily", "06:15", "--cron", "--yes")
    assert said.code == 0
    assert "Note: HTTPS_PROXY and IMPORTER_RATE are set here, and not at night:" in said.err
    assert "secret" not in said.out + said.err
    assert f"--config '{home.path}/importer.toml' run" in said.out
    assert "--profile north" in said.out


def test_options_of_the_run_are_taken_along(importer: Importer, home: Home) -> None:
    """As they were given, with paths that hold from any folder; what a unit says in its own way is no word of it."""
    options = ("--api-key-file", "the key", "--state", "st", "--log-file", "a.log", "--map", "Mail x=email", "-v")
    more = ("--no-skip-unchanged", "--columns", "sent_at", "--limit", "5", "--settle=2", "--timeout", "60", "--yes")
    call = ("schedule", "exports 100%/changes.csv", "--daily", "06:15", "--print")
    said = importer(*call, "--cron", "--", *options, *more)
    assert said.code == 0
    line = said.out.splitlines()[1]
    taken = shlex.split(line.replace("\\%", "%"))
    assert taken[taken.index("run") :] == [
        *("run", str(home.source), "--columns", "sent_at", "--map", "Mail x=email", "--settle", "2", "--timeout", "60"),
        *("--no-skip-unchanged", "--limit", "5", "--verbose", "--log-file", f"{home.path}/a.log"),
        *("--api-key-file", str(home.key), "--state", f"{home.path}/st", "--yes"),
    ]
    unit = importer(*call, "--systemd", "--", *options, *more).out
    assert f'--yes --state "{home.path}/st"\n' in unit
    assert "--api-key-file" not in unit
    assert f"LoadCredential=importer-api-key:{home.key}\n" in unit
    assert "TimeoutStopSec=180\n" in unit
    assert f'ReadWritePaths="{home.path}" "{home.path}/exports 100%%"\n' in unit


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--", "--output", "x"), "--output is the folder of one run"),
        (("--", "--nonsense"), "No such option '--nonsense'"),
        (("--", "--profile", "south"), "Two profiles are named: north and south"),
        (("--", "--timeout", "0"), "--timeout cannot be used"),
        (("--name", "a b"), "A schedule cannot be called 'a b'"),
        (("--weekdays", "7:00"), "--daily and --weekdays do not go together"),
        (("--run-as", "root"), "--run-as is for --system"),
        (("--on-failure", "x.service"), "--on-failure takes systemd"),
    ],
)
def test_what_cannot_be_every_night_is_refused(
    options: tuple[str, ...], told: str, importer: Importer, home: Home
) -> None:
    """Before anything is written."""
    before = home.tree()
    said = importer(*_north("--cron", "--yes", *options))
    assert said.code == 2
    assert told in said.err
    assert (home.tree(), home.crontab.exists()) == (before, False)


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("changes.csv",), "Nothing says when.", 2),
        (("--daily", "6:15"), "Nothing says which file", 2),
        (("-", "--daily", "6:15"), "Nobody writes to standard input", 2),
        (("no/such.csv", "--daily", "6:15"), "There is no file", 3),
        (("exports 100%", "--daily", "6:15"), "is a folder", 3),
        (("--remove",), "Nothing says which schedule is meant", 2),
        (("--remove", "--name", "south", "--yes"), "There is no schedule south.", 2),
        (("exports 100%/changes.csv", "--daily", "6:15", "--system", "--run-as", "no-such"), "There is no user", 2),
        (("exports 100%/changes.csv", "--daily", "6:15", "--systemd", "--on-failure", "a b"), "no name of a unit", 2),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    words: tuple[str, ...], told: str, code: int, importer: Importer, home: Home
) -> None:
    """With what to do."""
    wants_run = "--remove" not in words and len(words) > 2
    said = importer("schedule", *words, *(("--", "--dry-run") if wants_run else ()))
    assert said.code == code
    assert told in said.err
    assert len(said.err.splitlines()) == 2
    assert home.calls() == []


def test_a_profile_that_is_not_there_is_refused(importer: Importer, home: Home) -> None:
    """With those that are."""
    said = importer(
        "--config", home.settings, "schedule", home.source, "--profile", "nrth", "--daily", "6:15", "--cron"
    )
    assert said.code == 2
    assert "There is no profile 'nrth'" in said.err


@pytest.mark.parametrize("kind", ["service", "timer"])
@pytest.mark.parametrize("what", ["file", "link"])
def test_a_unit_of_somebody_elses_is_left_alone(kind: str, what: str, importer: Importer, home: Home) -> None:
    """A file without the mark, and a link, as of a unit that is masked."""
    path = home.units.service("north") if kind == "service" else home.units.timer("north")
    path.parent.mkdir(parents=True)
    if what == "link":
        path.symlink_to("/dev/null")
    else:
        path.write_text("[Unit]\n# importer schedule: north\n", "utf-8")
    before = home.tree()
    said = importer(*_north("--systemd", "--yes"))
    assert said.code == 2
    assert f"There is a unit {path} that the importer has not written" in said.err
    assert "--name" in said.err
    assert importer("schedule", "--remove", "--name", "north", "--yes").code == 2
    assert home.tree() == before
    assert home.calls() == []


def test_what_is_added_beside_a_unit_stays(importer: Importer, home: Home) -> None:
    """What `systemctl edit` writes is the user's, whoever replaces or removes the unit."""
    assert importer(*_north("--systemd", "--yes")).code == 0
    own = home.units.path / "importer-north.service.d" / "override.conf"
    own.parent.mkdir()
    own.write_text("[Service]\nEnvironment=HTTPS_PROXY=http://proxy\n", "utf-8")
    other = home.units.link("other")
    other.symlink_to("/dev/null")
    assert importer(*NORTH, "--weekdays", "7:00", "--systemd", "--yes").code == 0
    assert "Mon..Fri" in home.units.timer("north").read_text("utf-8")
    assert importer("schedule", "--remove", "--name", "north", "--yes").code == 0
    assert own.exists()
    assert other.is_symlink()


def test_one_schedule_is_not_begun_twice(importer: Importer, home: Home) -> None:
    """By systemd and by cron, the same would be sent twice a night."""
    assert importer(*_north("--cron", "--yes")).code == 0
    said = importer(*_north("--systemd", "--yes"))
    assert said.code == 2
    assert "cron begins a schedule north already" in said.err
    assert "--remove --name north --cron" in said.err
    assert not home.units.path.exists()
    assert importer("schedule", "--remove", "--name", "north", "--systemd", "--yes").code == 2
    assert importer("schedule", "--remove", "--name", "north", "--cron", "--yes").code == 0
    assert importer(*_north("--systemd", "--yes")).code == 0


def test_a_crontab_that_somebody_has_changed_is_left_alone(importer: Importer, home: Home) -> None:
    """Where another line stands below the mark, nobody knows what is whose."""
    home.crontab.write_bytes(text := b"# importer schedule: north\n0 1 * * * backup\n")
    for words in (_north("--cron", "--yes"), ("schedule", "--remove", "--name", "north", "--yes")):
        said = importer(*words)
        assert said.code == 2
        assert "stands another line than the importer writes there" in said.err
    assert home.crontab.read_bytes() == text


def test_without_a_program_for_crontabs_the_lines_are_shown(
    importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To be added by hand, to whatever begins commands there."""
    (home.bin / "crontab").unlink()
    monkeypatch.setenv("PATH", str(home.bin))
    said = importer(*_north("--cron", "--yes"))
    assert said.code == 2
    assert said.out.startswith("# importer schedule: north\n15 6 * * * ")
    assert "there is no program crontab here" in said.err
    assert "add the two lines above by hand" in said.err


def test_who_may_have_no_crontab_is_told_so(importer: Importer, home: Home) -> None:
    """As `crontab` itself says it."""
    (home.bin / "crontab").write_text("#!/bin/sh\necho 'You (clerk) are not allowed to use this program' >&2\nexit 1\n")
    said = importer(*_north("--cron", "--yes"))
    assert said.code == 2
    assert "The crontab cannot be read: You (clerk) are not allowed to use this program." in said.err
    assert importer("schedule").code == 0
    assert importer(*_north("--systemd", "--yes")).code == 0


def test_a_manager_that_is_not_reached_is_told(importer: Importer, home: Home) -> None:
    """The units are there, and what to type is said."""
    Path(f"{home.told}.refuses").touch()
    said = importer(*_north("--systemd", "--yes"))
    assert said.code == 5
    assert said.err.splitlines()[-2:] == [
        "  systemctl --user daemon-reload",
        "  systemctl --user start importer-north.timer",
    ]
    assert home.units.timer("north").exists()


def test_nobody_is_asked_without_a_terminal(importer: Importer, home: Home) -> None:
    """Without --yes nothing is written then."""
    before = home.tree()
    said = importer(*_north("--systemd"))
    assert said.code == 2
    assert "Nobody can be asked" in said.err
    assert "--print" in said.err
    assert home.tree() == before


def test_units_of_the_machine_are_roots(importer: Importer, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may look at them."""
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    said = importer("schedule", home.source, "--daily", "6:15", "--system", "--yes", "--", "--api-key-file", home.key)
    assert said.code == 2
    assert "root's to write" in said.err
    assert "Nothing" not in said.err
    assert home.calls() == []


def test_an_export_may_come_later(importer: Importer, home: Home) -> None:
    """That it is not there yet is told."""
    home.source.unlink()
    said = importer(*_north("--cron", "--yes"))
    assert said.code == 0
    assert f"Note: There is no file {home.source} yet; a night without it ends with 3." in said.err


def test_folders_that_a_unit_writes_into_are_made(importer: Importer, home: Home) -> None:
    """Else it would not begin at all."""
    home.settings.write_text(
        f"output = \"reports\"\nstate = 'deep/down/state'\n{home.settings.read_text('utf-8')}", "utf-8"
    )
    assert importer(*_north("--systemd", "--yes")).code == 0
    for folder in (home.path / "reports", home.path / "deep" / "down"):
        assert folder.stat().st_mode & 0o777 == 0o700
    unit = home.units.service("north").read_text("utf-8")
    assert f'ReadWritePaths="{home.path}/deep/down" "{home.path}/reports"\n' in unit


@pytest.mark.slow
def test_a_person_is_asked_first(home: Home) -> None:
    """No and Ctrl-C change nothing; yes does it."""
    before = home.tree()
    command = f"{IMPORTER} {shlex.join(_north('--systemd'))}"
    for answer, code, word in (("n\n", 130, "Nothing was changed."), ("\x03", 130, "Interrupted.")):
        with terminal(command) as screen:
            screen.until("Write these two files into")
            screen.type(answer)
            ended, shown = screen.end()
        assert (ended, home.tree()) == (code, before)
        assert word in shown
    with terminal(command) as screen:
        screen.until("[y/N]: ")
        screen.type("y\n")
        assert screen.end()[0] == 0
    assert home.units.timer("north").exists()
    with terminal(f"{IMPORTER} schedule --remove --profile north") as screen:
        screen.until("Take the schedule north away? [y/N]: ")
        screen.type("n\n")
        ended, shown = screen.end()
    assert ended == 130
    assert str(home.units.link("north")) in shown.replace("\r\n    ", " ")
    assert home.units.timer("north").exists()


def test_what_begins_runs_here(home: Home, tmp_path: Path) -> None:
    """A user's own manager, where it listens; else cron; for root that of the machine, where it runs."""
    runtime = tmp_path / "runtime"
    places = NightPlaces.of({"PATH": os.environ["PATH"], "HOME": str(home.path), "XDG_RUNTIME_DIR": str(runtime)})
    assert places.usual(is_root=False) == "cron"
    (runtime / "systemd").mkdir(parents=True)
    (runtime / "systemd" / "private").touch()
    assert places.usual(is_root=False) == places.usual(is_root=True) == "systemd --user"
    shutil.rmtree(runtime)
    is_booted = Path("/run/systemd/system").is_dir()
    assert places.usual(is_root=True) == ("systemd" if is_booted else "cron")


@pytest.mark.usefixtures("home")
def test_scheduling_imports_no_table() -> None:
    """It reads no sheet, and so needs nothing that does."""
    script = (
        "import sys; from importer.cli.main import run_command;"
        f" code = run_command({[*_north('--cron', '--print')]!r});"
        " print(code, 'pandas' in sys.modules, file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert found.stderr == "0 False\n"
    assert run_command(["schedule"]) == 0
