"""What is left on the disk: people in the reports and, until the run has ended, in its own folder; the key nowhere."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.model.source import APPENDED_COLUMNS, TO_FIX_COLUMNS
from tests.canaries.canaries import KEY_ONLY, canaries_in, canaries_under
from tests.canaries.echo import REFUSALS, echoing, heard
from tests.canaries.scene import GOOD, INVALID, CanaryScene, magic
from tests.delivery.wire.servers import Conversation, Server
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

PEOPLE = {"first name", "last name", "address"}
MAGIC = ("400", "404", "429", "500", "503", "reset", "mismatch", "html")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that accepts any customer, for all the tests here."""
    with serving(tmp_path_factory.mktemp("api")) as served:
        yield served


def check_nothing_is_kept(scene: CanaryScene) -> None:
    """Hold the state directory, the place for temporary files and the home to having no canary in any byte."""
    assert (scene.state / "journal.sqlite").exists()
    assert list((scene.state / "runs").iterdir()) == []
    assert canaries_under(scene.state, scene.folder / "tmp", scene.folder / "home") == {}


def check_what_is_kept(scene: CanaryScene) -> None:
    """Hold the state to having people only where a retry needs them, and nowhere once the run is forgotten."""
    (folder,) = (scene.state / "runs").iterdir()
    assert [path.name for path in folder.iterdir()] == ["kept.sqlite"]
    assert {Path(path).name for path in canaries_under(scene.state, scene.folder / "tmp", scene.folder / "home")} == {
        "kept.sqlite"
    }
    assert scene.do("forget", folder.name).code == 0
    check_nothing_is_kept(scene)


def check_reports(scene: CanaryScene) -> None:
    """Hold the reports to having no key at all, and people only where the user's own rows have them."""
    own = {Path(path): names for path, names in canaries_under(scene.output).items()}
    assert all(names <= PEOPLE for names in own.values())
    assert {path.stem for path in own} <= {"annotated", "to_fix", "report"}
    assert [names for path, names in own.items() if path.stem in ("annotated", "report")] == [PEOPLE, PEOPLE]
    for path in own:
        if path.suffix == ".html":
            check_page(path)
            continue
        appended = len(APPENDED_COLUMNS) + (len(TO_FIX_COLUMNS) if path.stem == "to_fix" else 0)
        rows, *beside = _sheets(str(path))
        for row in rows:
            assert canaries_in("\n".join(row[-appended:])) == set()
        for row in (row for sheet in beside for row in sheet):
            assert canaries_in("\n".join(row)) == set()
    check_comments(scene)


def check_page(path: Path) -> None:
    """Hold a page to naming people in the cells of its rows alone."""
    page = path.read_text("utf-8")
    (rows,) = re.findall(r'<script type="application/json" id="data-rows">(.*?)</script>', page, re.DOTALL)
    assert canaries_in(page.replace(rows, "")) == set()
    for part in json.loads(rows)["parts"]:
        assert canaries_in(json.dumps(part["texts"])) == set()


def _sheets(report: str) -> list[list[list[str]]]:
    """Return the cells of the annotated sheet, and of those beside it."""
    if report.endswith(".xlsx"):
        sheets = load_workbook(report).worksheets
        assert [sheet.title for sheet in sheets[1:]] == (["Summary"] if Path(report).stem == "annotated" else [])
        return [[[str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)] for sheet in sheets]
    with Path(report).open(encoding="utf-8-sig", newline="") as file:
        return [list(csv.reader(file))]


def check_comments(scene: CanaryScene) -> None:
    """Hold the comments on cells to naming nobody, but for the values of a mismatch."""
    for path in scene.output.glob("*.xlsx"):
        cells = [cell for line in load_workbook(path).worksheets[0].iter_rows() for cell in line]
        comments = [cell.comment.text for cell in cells if cell.comment]
        assert canaries_in("\n".join(text for text in comments if "The API holds: " not in text)) == set()
        assert canaries_in("\n".join(comments)) <= PEOPLE


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_run_that_meets_everything_keeps_nobody(form: str, api: Api, tmp_path: Path) -> None:
    """Names and addresses are in the annotated sheet, which the user asked for, and nowhere else; the key nowhere."""
    scene = CanaryScene(folder=tmp_path / "scene", base_url=api.base_url)
    scene.write(GOOD, *INVALID, *(magic(word) for word in MAGIC))
    assert scene.do(*scene.run, "--format", form).code == 1
    check_what_is_kept(scene)
    check_reports(scene)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_api_that_repeats_all_it_was_told_gets_nothing_into_a_report(form: str, tmp_path: Path) -> None:
    """Its words are quoted in messages, which are in the journal too: without the key and without the person."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with Server(echoing(*REFUSALS.values())) as server:
        scene.base_url = server.url
        scene.write(*[GOOD] * len(REFUSALS))
        assert scene.do(*scene.run, "--format", form, "--concurrency", "1").code == 1
    check_what_is_kept(scene)
    check_reports(scene)
    (report,) = [path for path in canaries_under(scene.output) if Path(path).stem == "annotated"]
    assert any("no such person: [first_name] [last_name]" in row[-4] for row in _sheets(report)[0])


@pytest.mark.parametrize(("command", "code"), [("check", 1), ("dry-run", 1)])
def test_a_run_that_sends_nothing_keeps_nobody(command: str, code: int, tmp_path: Path) -> None:
    """Neither a check nor a dry run is ever resumed, so that nothing is kept for it."""
    scene = CanaryScene(folder=tmp_path / "scene")
    scene.write(GOOD, *INVALID)
    check = ("check", str(scene.source), "--output", str(scene.output))
    assert scene.do(*(check if command == "check" else (*scene.run, "--dry-run"))).code == code
    check_nothing_is_kept(scene)
    check_reports(scene)


def test_a_file_that_is_refused_leaves_nobody(tmp_path: Path) -> None:
    """What was copied before it turned out to be no source is erased."""
    scene = CanaryScene(folder=tmp_path / "scene")
    scene.source.write_bytes(f"{','.join(GOOD)}\n".encode() + b"\xff")
    assert scene.do(*scene.run).code == 3
    check_nothing_is_kept(scene)


# --- Runs that are cut off ---


@contextmanager
def cut_off(scene: CanaryScene) -> Iterator[Callable[[], None]]:
    """Kill a run that has an answer to its first rows and waits for others; yield what lets the API answer again."""
    answered = threading.Event()

    def talk(conversation: Conversation) -> None:
        while (request := conversation.request()) is not None:
            if len(server.requests) > 3 and not answered.is_set():
                conversation.hold()
            conversation.send(REFUSALS["plain"](heard(request)))

    with Server(talk) as server:
        scene.base_url = server.url
        scene.write(*[GOOD] * 12, *INVALID)
        scene.kill_when(lambda: len(server.requests) >= 6, *scene.run, "--concurrency", "6")
        yield answered.set


def test_a_killed_run_has_people_in_its_own_folder_only(tmp_path: Path) -> None:
    """What it takes to go on is in the run's own folder; the journal has no name even then, and nothing has the key."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with cut_off(scene):
        found = canaries_under(scene.state, scene.folder / "tmp")
        (own,) = (scene.state / "runs").iterdir()
    assert found
    assert all(Path(path).is_relative_to(own) for path in found)
    assert not any(names & KEY_ONLY for names in found.values())
    assert oct(own.stat().st_mode & 0o777) == "0o700"


def test_a_killed_run_that_is_forgotten_leaves_nobody(tmp_path: Path) -> None:
    """`importer forget` erases what it kept; its rows are known by number and customer only."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with cut_off(scene):
        (own,) = (scene.state / "runs").iterdir()
        assert scene.do("forget", own.name).code == 0
    check_nothing_is_kept(scene)
    assert own.name in scene.do("history", "--json").printed.decode()


def test_a_killed_run_that_is_gone_on_with_leaves_nobody(tmp_path: Path) -> None:
    """`importer resume` ends it, and its reports are those of a run that was never cut off."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with cut_off(scene) as answer:
        answer()
        said = scene.do("resume", "-v", "--json")
    assert said.code == 1
    assert canaries_in(said.printed) == set()
    check_what_is_kept(scene)
    check_reports(scene)
    assert json.loads((scene.output / "summary.json").read_text("utf-8"))["balanced"]


def test_a_run_that_is_killed_while_it_writes_a_workbook_leaves_nobody_elsewhere(tmp_path: Path) -> None:
    """The rows of an unfinished sheet are in no file that has a name, and what has one can be erased.

    A check cannot be resumed, but what a killed one has left can be erased all the same.
    """
    scene = CanaryScene(folder=tmp_path / "scene")
    scene.write(*[GOOD] * 6000)
    temporary = scene.folder / "tmp"

    def begun() -> bool:
        return scene.output.exists() and any(scene.output.glob(".annotated.xlsx.*.tmp"))

    scene.kill_when(begun, "check", str(scene.source), "--output", str(scene.output), "--format", "xlsx")
    assert canaries_under(temporary) == {}
    assert any(scene.output.glob(".annotated.xlsx.*.tmp"))
    assert canaries_under(scene.output) == {}
    (own,) = (scene.state / "runs").iterdir()
    assert scene.do("forget", own.name).code == 0
    check_nothing_is_kept(scene)
    assert canaries_under(scene.output) == {}
