"""What is printed to be typed next can be typed as it stands, where a profile has said how to run."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import pytest

from importer.cli.commands import COMMANDS
from importer.cli.screen.next_commands import here, note_config, note_profile, note_state, use_profile
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, Said, customer

OTHER_GROUP = "22222222-2222-4333-8444-555555555555"
_HEADER = "Customer ID,First Name,Last Name,Mail\n"


@pytest.fixture
def settings_file(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a settings file with one profile that says all; no variable says anything, and the folder is another."""
    for name in ("IMPORTER_STATE_DIR", "IMPORTER_API_KEY", "IMPORTER_BACKOFF"):
        monkeypatch.delenv(name)
    home = tmp_path / "home" / "my ñ settings"
    home.mkdir(mode=0o700)
    path = home / "their.toml"
    path.write_text(
        f'base_url = "{api.base_url}"\nbackoff = 0.05\ncanary = 1\n[profiles.the-north]\ngroup_id = "{GROUP}"\n'
        f'linked_account_id = "{ACCOUNT}"\nstate = "state"\nskip_unchanged = true\nskip_unchanged_days = 10\n'
        'api_key_file = "north.key"\nstrict = false\ncolumns = { "Mail" = "email" }\n[profiles.south]\n',
        "utf-8",
    )
    path.chmod(0o600)
    key = home / "north.key"
    key.write_text("good-key")
    key.chmod(0o600)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write a sheet with a row that is good, one that is invalid, and one that the API refuses."""
    path = tmp_path / "the changes.csv"
    rows = [(1, "ana@example.com"), (2, "nobody"), (3, "sandbox+400@example.com")]
    path.write_text(_HEADER + "".join(f"{customer(n)},Ana,Ruiz,{mail}\n" for n, mail in rows), "utf-8")
    return path


def _on_screen(said: Said) -> list[str]:
    """Return the commands that are printed, without the sentences in front of them."""
    lines = (said.out + said.err).splitlines()
    return [line[line.index("importer") :] for line in lines if re.search(r"(?<!`)\bimporter (--config|\w+ )", line)]


def _in_page(output: Path) -> list[str]:
    """Return the commands of a page."""
    (page,) = output.glob("**/report.html")
    text = page.read_text("utf-8")
    found = (
        html.unescape(re.sub(r"<[^>]+>", "", code)) for code in re.findall(r"<code[^>]*>(.*?)</code>", text, re.DOTALL)
    )
    return [command.strip() for command in found if command.strip().startswith("importer ")]


def _typed(importer: Importer, command: str, *more: str) -> Said:
    program, *words = shlex.split(command)
    assert program == "importer"
    return importer(*words, *more)


def _one(commands: Sequence[str], word: str) -> str:
    found = [command for command in commands if f" {word} " in f"{command} "]
    assert found, (word, commands)
    assert len(set(found)) == 1, found
    assert "--config" in found[0]
    assert "--profile the-north" in found[0]
    for option in ("--group-id", "--linked-account-id", "--base-url", "--state", "--map", "--skip-unch", "--canary"):
        assert option not in found[0]
    return found[0]


def test_a_check_says_how_to_send_and_the_run_how_to_go_on(
    importer: Importer, api: Api, settings_file: Path, source: Path, tmp_path: Path
) -> None:
    """From the screen and from the page, in another folder: what the profile says already is not said again."""
    profile, output = ("--profile", "the-north"), tmp_path / "reports"
    checked = importer("--config", settings_file, "check", source, *profile, "--output", output / "check")
    assert checked.code == 1
    on_screen = _one([line for line in _on_screen(checked) if "changes.csv" in line], "run")
    in_page = _one([line for line in _in_page(output / "check") if "changes.csv" in line], "run")
    assert set(shlex.split(on_screen)) - {"importer"} >= {"run", "--profile", "the-north"}
    sent = _typed(importer, in_page, "--yes", "--format", "csv", "--output", str(output / "run"))
    assert sent.code == 1, sent.err
    assert [request["customer_id"] for request in api.requests() if request["updated_at"]] == [customer(1)]

    again = _typed(importer, on_screen, "--yes", "--output", str(output / "again"))
    assert "1 unchanged" in again.out, "by the profile: it is the same journal, and what is confirmed rests"
    mended = output / "run" / "to_fix.csv"
    mended.write_text(mended.read_text("utf-8-sig").replace("nobody,", "b@example.com,").replace("sandbox+400", "c"))
    for number, told in enumerate((_on_screen(sent), _in_page(output / "run"))):
        fix = _one([line for line in told if "to_fix" in line], "run")
        assert _typed(importer, fix, "--yes", "--output", str(output / f"fix{number}")).code == 0
    assert {request["customer_id"] for request in api.requests() if request["updated_at"]} == {
        customer(number) for number in (1, 2, 3)
    }
    shown = _typed(importer, f"importer --config '{settings_file}' history --profile the-north")
    assert shown.out.count("the changes.csv") == 3


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_that_was_refused_is_given_up_as_it_is_told(
    importer: Importer, settings_file: Path, source: Path, tmp_path: Path, *, quiet: bool
) -> None:
    """In the mail of cron as on the screen and in the list of runs, whose commands find the profile's journal."""
    (settings_file.parent / "north.key").write_text("refused")
    options = ("--profile", "the-north", "--yes", "--output", tmp_path / "reports" / "one", *["-q"] * quiet)
    said = importer("--config", settings_file, "run", source, *options)
    assert said.code == 4
    (settings_file.parent / "north.key").write_text("good-key")
    in_page, index = _in_page(tmp_path / "reports"), (tmp_path / "reports" / "index.html").read_text("utf-8")
    listed = re.findall(r"<code[^>]*>(importer .*?)</code>", index)
    show = _one([html.unescape(command) for command in listed], "show")
    shown = _typed(importer, show)
    assert shown.code == 0
    anew = _one([line for line in in_page if "changes.csv" in line], "run")
    assert _typed(importer, anew, "--yes", "--output", str(tmp_path / "two")).code == 1
    if quiet:
        (line,) = said.err.splitlines()
        assert "--profile the-north" in line
    forget = _one(_on_screen(shown) or in_page, "forget")
    assert _typed(importer, forget).code == 0


def test_what_something_higher_said_is_said_again(
    importer: Importer, settings_file: Path, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An option or a variable that is not as the profile has it: a report is read where no such variable is."""
    monkeypatch.setenv("IMPORTER_GROUP_ID", OTHER_GROUP)
    monkeypatch.setenv("IMPORTER_CONFIG", str(settings_file))
    monkeypatch.setenv("IMPORTER_PROFILE", "the-north")
    state = tmp_path / "another state"
    options = ("--no-skip-unchanged", "--state", state, "--strict", "--canary", "0", "--output", tmp_path / "o" / "x")
    assert importer("run", source, "--dry-run", *options).code == 1
    for name in ("GROUP_ID", "CONFIG", "PROFILE"):
        monkeypatch.delenv(f"IMPORTER_{name}")
    (command,) = {line for line in _in_page(tmp_path / "o") if "changes.csv" in line}
    words = shlex.split(command)
    assert words[:4] == ["importer", "--config", str(settings_file), "run"]
    assert words[words.index("--group-id") + 1] == OTHER_GROUP
    assert words[words.index("--state") + 1] == str(state)
    assert words[words.index("--profile") + 1] == "the-north"
    assert words[words.index("--canary") + 1] == "0"
    assert {"--no-skip-unchanged", "--strict"} <= set(words)
    assert not {"--linked-account-id", "--base-url"} & set(words)


def test_a_run_that_is_gone_on_with_names_the_profile_that_it_had(
    importer: Importer, settings_file: Path, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody named it this time: where it sends to is left out of the command, and so the profile must be in it."""
    text = settings_file.read_text("utf-8").replace('state = "state"\n', "")
    usual = tmp_path / "home" / ".config" / "importer" / "importer.toml"
    usual.parent.mkdir(parents=True)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    usual.write_text(text.replace("north.key", str(settings_file.parent / "north.key")), "utf-8")
    usual.chmod(0o600)
    (settings_file.parent / "north.key").write_text("refused")
    assert importer("run", source, "--profile", "the-north", "--output", tmp_path / "o").code == 4
    (settings_file.parent / "north.key").write_text("good-key")
    resumed = importer("resume")
    assert resumed.code == 1
    (fix,) = (line for line in _on_screen(resumed) if "to_fix" in line)
    assert fix.startswith("importer run --profile the-north ")
    assert "--config" not in fix
    assert "--group-id" not in fix


@pytest.fixture
def context() -> Iterator[click.Context]:
    """Yield the context of a command."""
    with click.Context(click.Command("resume")) as context:
        yield context


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("importer retry k3f9abcd", "importer --config F retry k3f9abcd --profile north --state S"),
        ("importer find 0b6e7f3a-1c2d", "importer --config F find --profile north --state S 0b6e7f3a-1c2d"),
        ("importer prune --reports", "importer --config F prune --profile north --state S --reports"),
        ("importer backup a.db", "importer --config F backup --profile north --state S a.db"),
        ("`importer last` tells", "`importer --config F last --profile north --state S` tells"),
        ("Run `importer doctor`.", "Run `importer --config F doctor --profile north --state S`."),
        ("importer schedule a.csv", "importer --config F schedule --profile north a.csv"),
        ("importer config show", "importer --config F config show --profile north"),
        ("importer config validate", "importer --config F config validate"),
        ("`importer init` writes one.", "`importer --config F init` writes one."),
        ("importer run --help, importer peek x", "importer run --help, importer peek x"),
        ("the importer lastly", "the importer lastly"),
    ],
)
def test_each_command_names_what_it_takes(context: click.Context, said: str, told: str) -> None:
    """The settings file before it, and the profile and the state behind it, where they came as options."""
    note_state(context, click.Option(["--state"]), Path("S"))
    note_profile(context, click.Option(["--profile"]), "north")
    note_config(context, click.Option(["--config"]), Path("F"))
    assert here(said) == told


def test_a_state_directory_that_the_profile_says_is_not_named_and_another_one_is(
    context: click.Context, settings_file: Path
) -> None:
    """Also where that other one would be the usual one without the profile."""
    note_config(context, click.Option(["--config"]), settings_file)
    use_profile("the-north")
    note_state(context, click.Option(["--state"]), settings_file.parent / "state")
    assert "--state" not in here("importer retry k3f9abcd")
    use_profile("south")
    assert "--state" in here("importer retry k3f9abcd")


def test_every_command_that_takes_a_journal_or_a_profile_is_known() -> None:
    """What is told of a command that nobody has listed here would look into another journal."""
    takes: Callable[[click.Command], set[str | None]] = lambda command: {param.name for param in command.params}  # noqa: E731
    with click.Context(click.Command("x")) as context:
        note_state(context, click.Option(["--state"]), Path("S"))
        note_profile(context, click.Option(["--profile"]), "north")
        for command in COMMANDS:
            told = here(f"importer {command.name} it.csv")
            if command.name == "init":  # what it takes is written down for others
                assert "--" not in told
                continue
            names_file = command.name in ("peek", "sandbox")  # they show what a file or an API of its own has
            assert ("--state" in told) == ("state_dir" in takes(command)), command.name
            assert ("--profile" in told) == ("profile" in takes(command) and not names_file), command.name
