"""What the real command prints and logs, and what the list of processes shows: no key, no name, no address."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from importer.checks.checker import Checker
from importer.cli.main import run_command
from importer.cli.screen.observer import Watch
from importer.delivery.wire.client import Client
from importer.delivery.wire.curl.engine import CurlEngine
from importer.journal.results import Results
from importer.journal.run_journal import RunJournal
from tests.canaries.canaries import FIRST_NAME, KEY, LAST_NAME, canaries_in, canaries_under
from tests.canaries.echo import REFUSALS, echoing
from tests.canaries.scene import GOOD, INVALID, CanaryScene, Said, magic
from tests.delivery.wire.servers import Conversation, Server
from tests.scene import Api, serving

pytestmark = pytest.mark.proof

MANNERS: Sequence[tuple[str, ...]] = ((), ("-v",), ("-vv", "--json"), ("-qq",))
MAGIC = ("400", "403", "404", "429", "500", "flaky", "503", "timeout", "reset", "mismatch", "html")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that accepts any customer, for all the tests here."""
    with serving(tmp_path_factory.mktemp("api")) as served:
        yield served


def check(scene: CanaryScene, said: Said, code: int) -> None:
    """Hold a command to having ended in the way that was meant, and to having shown nobody anything."""
    assert said.code == code
    assert canaries_in(said.printed) == set()
    assert canaries_under(scene.log) == {}
    assert b"importer" in said.seen
    assert canaries_in(said.seen) == set()


@pytest.mark.usefixtures("either_wire")
@pytest.mark.parametrize("manner", MANNERS, ids=" ".join)
def test_a_run_that_meets_everything_shows_nobody(manner: Sequence[str], api: Api, tmp_path: Path) -> None:
    """Valid, invalid, repeated, refused, lost and mismatched rows; on the screen, in the log, in the process list."""
    scene = CanaryScene(folder=tmp_path / "scene", base_url=api.base_url, forks=False)
    scene.write(GOOD, *INVALID, *(magic(word) for word in MAGIC))
    said = scene.do(*scene.run, *manner)
    check(scene, said, 1)
    assert json.loads((scene.output / "summary.json").read_text())["statuses"]["invalid"] == len(INVALID)
    assert scene.log.read_text().count('"event": "row"') == len(MAGIC) + 1


@pytest.mark.usefixtures("either_wire")
def test_an_api_that_repeats_all_it_was_told_shows_nobody(tmp_path: Path) -> None:
    """Whatever writing it repeats the key and the person in, and in whatever part of its answer."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with Server(echoing(*REFUSALS.values())) as server:
        scene.base_url = server.url
        scene.write(*[GOOD] * len(REFUSALS))
        said = scene.do(*scene.run, "-v", "--concurrency", "1")
    check(scene, said, 1)
    assert b"rejected" in said.printed
    assert b"Traceback" not in said.printed


@pytest.mark.usefixtures("either_wire")
def test_a_refused_key_is_not_shown(tmp_path: Path) -> None:
    """An API that answers 401 and repeats the key in its words."""
    scene = CanaryScene(folder=tmp_path / "scene", variables={"IMPORTER_API_KEY": KEY})
    with Server(echoing(lambda told: REFUSALS["plain"](told).replace(b" 400 ", b" 401 ", 1))) as server:
        scene.base_url = server.url
        scene.write(GOOD)
        said = scene.do(*scene.run, "-v")
    check(scene, said, 4)
    assert b"API refused the key" in said.printed


@pytest.mark.usefixtures("either_wire")
def test_the_embedded_api_in_the_same_process_shows_nobody(tmp_path: Path) -> None:
    """`--sandbox` has a server of its own that could log requests; and the user's key is not its."""
    scene = CanaryScene(folder=tmp_path / "scene")
    scene.write(GOOD, *(magic(word) for word in MAGIC))
    said = scene.do("run", str(scene.source), "--sandbox", "--log-file", str(scene.log), "-v")
    check(scene, said, 1)


@pytest.mark.parametrize("content", [f"{KEY}\n", f"\ufeff{KEY}\r\n"], ids=["a newline", "a mark and CRLF"])
def test_a_key_in_a_file_is_not_shown(content: str, api: Api, tmp_path: Path) -> None:
    """The way to give the key that is safe: the list of processes has the name of its file only."""
    scene = CanaryScene(folder=tmp_path / "scene", base_url=api.base_url, variables={}, forks=False)
    scene.write(GOOD)
    key = tmp_path / "key.txt"
    key.write_text(content, "utf-8")
    check(scene, scene.do(*scene.run, "-v", "--api-key-file", str(key)), 0)


@pytest.mark.parametrize("content", [f"{KEY}\xff".encode("latin-1"), f"{KEY} {KEY}".encode(), f"{KEY}\0".encode()])
def test_a_key_with_odd_bytes_is_refused_with_a_trace_that_does_not_show_it(content: bytes, tmp_path: Path) -> None:
    """With `-v` it is said where the error comes from, for programs too; not what was read."""
    scene = CanaryScene(folder=tmp_path / "scene", variables={})
    scene.write(GOOD)
    key = tmp_path / "key.txt"
    key.write_bytes(content)
    said = scene.do(*scene.run, "-v", "--json", "--api-key-file", str(key))
    check(scene, said, 2)
    assert b"SettingsError at:" in said.printed
    assert b"settings.py" in said.printed


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{','.join(GOOD)}\n".encode(), id="no header"),
        pytest.param(f"{FIRST_NAME},{LAST_NAME}\n".encode(), id="no header and no address"),
        pytest.param(f"id,first name\n1,{FIRST_NAME}\n".encode() + b"\xff", id="bytes that are no character"),
        pytest.param(f"<html>{FIRST_NAME}".encode(), id="a page"),
    ],
)
def test_a_file_that_is_refused_is_not_shown(content: bytes, tmp_path: Path) -> None:
    """What is in a file that is no source belongs on no screen, whatever it is."""
    scene = CanaryScene(folder=tmp_path / "scene")
    scene.source.write_bytes(content)
    said = scene.do(*scene.run, "-v")
    check(scene, said, 3)
    assert b"SourceError at:" in said.printed


def test_what_history_and_show_tell_is_not_about_people(api: Api, tmp_path: Path) -> None:
    """The commands about past runs, for people and for programs, when all is well and when there is no such run."""
    scene = CanaryScene(folder=tmp_path / "scene", base_url=api.base_url)
    scene.write(GOOD, *INVALID, magic("400"))
    check(scene, scene.do(*scene.run), 1)
    for arguments, code in ((("history",), 0), (("show",), 0), (("show", "nosuchrun"), 2), (("forget", "xyz"), 2)):
        for manner in ((), ("--json",)):
            if not (arguments[0] == "forget" and manner):
                check(scene, scene.do(*arguments, *manner), code)


def test_reports_that_cannot_be_written_show_nobody(tmp_path: Path) -> None:
    """The folder is taken away while the run sends: the error names the place, not what was to be written."""
    scene = CanaryScene(folder=tmp_path / "scene")

    def talk(conversation: Conversation) -> None:
        shutil.rmtree(scene.output)
        scene.output.write_text("in the way")
        echoing(REFUSALS["plain"])(conversation)

    with Server(talk) as server:
        scene.base_url = server.url
        scene.write(GOOD, *INVALID)
        said = scene.do(*scene.run, "-v", "--concurrency", "1")
    check(scene, said, 5)
    assert str(scene.output).encode() in said.printed


# --- Defects: errors that hold everything, in the middle of the real command ---


@pytest.fixture
def run(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Return a function that runs a sheet of canaries in this process, and returns what it printed and logged."""
    scene = CanaryScene(folder=tmp_path / "scene", base_url=api.base_url)
    scene.write(GOOD, *INVALID)
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(scene.state))

    def go(*options: str) -> str:
        assert run_command([*scene.run, "--yes", "-v", *options]) == 5
        printed = "".join(capfd.readouterr())
        assert "defective" in printed or "defect" in scene.log.read_text()
        return printed + scene.log.read_text()

    return go


def defective(*arguments: object, **_: object) -> None:
    """Fail with an error that holds all there is, as an argument, as a cause and as a note."""
    error = RuntimeError(f"{arguments!r} {KEY} {GOOD}", *arguments)
    error.add_note(f"{KEY} {GOOD}")
    raise error from KeyError(KEY, *GOOD)


@pytest.mark.parametrize("manner", [(), ("--json",)], ids=["for people", "for programs"])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Client, "send"),
        (CurlEngine, "_request"),
        (Checker, "check"),
        (RunJournal, "add"),
        (RunJournal, "record"),
        (Results, "blocks"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_a_defect_shows_where_it_is_and_nothing_else(
    owner: type, name: str, manner: Sequence[str], run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails, and wherever: with `-v` the lines of code are shown, and none of the error's own words."""
    monkeypatch.setattr(owner, name, defective)
    monkeypatch.setenv("IMPORTER_WIRE", "requests" if owner is Client else "curl")
    said = run(*manner)
    assert canaries_in(said) == set()
    assert "RuntimeError" in said


def test_a_defect_of_the_observer_shows_nobody(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks on is told of outcomes in the middle of sending; it may fail too."""
    monkeypatch.setattr(Watch, "settled", defective)
    assert canaries_in(run()) == set()
