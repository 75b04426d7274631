"""The process that parses a workbook: whatever happens to it, an ordinary error comes of it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.open import open_table
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import SheetSize
from importer.sheets.workbooks.parser import child
from importer.sheets.workbooks.parser.child import OUT_OF_MEMORY
from importer.sheets.workbooks.parser.start import ParseRequest, parse
from importer.sheets.workbooks.sheet_table import open_raw_workbook, workbook_sizes
from tests.sheets.files import ANA, HEADER, text_row, write_package, write_xlsx

pytestmark = pytest.mark.usefixtures("parsers_are_started")

ROWS = "".join(text_row(number, ANA) for number in range(2, 40_000))


def request(path: Path, spool: Path, limits: Limits | None = None) -> ParseRequest:
    """Return a request for the source of a workbook."""
    return ParseRequest("source", SourceFile(path, path.name), "xlsx", AS_IT_IS, limits or Limits(), spool)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that are still there."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]
    except OSError:
        return []


def start(code: str, *arguments: str | Path, **more: str) -> subprocess.Popen[str]:
    """Start a Python program."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **more},
        start_new_session=True,
    )


READ = """
    import sys
    from pathlib import Path
    from importer.errors import SourceError
    from importer.sheets.open import open_table
    print("begun", flush=True)
    try:
        print(sum(len(chunk.frame) for chunk in open_table(Path(sys.argv[1])).chunks(5000)), flush=True)
    except SourceError as error:
        print(error.code, flush=True)
"""


def child_of(parent: subprocess.Popen[str]) -> int:
    """Return the process that parses for a program, as soon as it is at work."""
    assert parent.stdout is not None
    assert parent.stdout.readline() == "begun\n"
    deadline = time.monotonic() + 20
    while not (found := children_of(parent.pid)):
        assert time.monotonic() < deadline
    return found[0]


def expect_end(process: int) -> None:
    """Wait for the end of a process that nobody may be there to wait for."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.01)
    raise AssertionError("it is still there")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, "workbook_too_large"),
        (signal.SIGABRT, "workbook_too_large"),
        (signal.SIGPROF, "workbook_too_large"),
        (signal.SIGSEGV, "damaged_workbook"),
    ],
)
def test_trap_17_the_death_of_a_parser_is_an_ordinary_refusal(
    tmp_path: Path, number: signal.Signals, code: str
) -> None:
    """Trap 17: out of memory, an abort, out of time, a crash: nothing of it reaches the screen."""
    parent = start(READ, write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + ROWS))
    parser = child_of(parent)
    os.kill(parser, number)
    output, errors = parent.communicate(timeout=60)
    assert (output, errors, parent.returncode) == (f"{code}\n", "", 0)


@pytest.mark.slow
def test_a_parser_does_not_outlive_the_one_that_started_it(tmp_path: Path) -> None:
    """A killed command leaves nothing that works on."""
    parent = start(READ, write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + ROWS))
    parser = child_of(parent)
    parent.kill()
    parent.communicate()
    expect_end(parser)


@pytest.mark.slow
def test_what_a_terminal_sends_to_all_does_not_reach_the_parser(tmp_path: Path) -> None:
    """The first Ctrl-C lets a check finish: then the workbook must not look damaged."""
    program = READ.replace("import sys", "import signal, sys\n    signal.signal(signal.SIGINT, lambda *_: None)", 1)
    parent = start(program, write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + ROWS))
    child_of(parent)
    os.killpg(parent.pid, signal.SIGINT)
    output, errors = parent.communicate(timeout=60)
    assert (output, errors) == ("39998\n", "")


@pytest.mark.slow
def test_an_interrupt_of_the_parent_ends_the_parser_too(tmp_path: Path) -> None:
    """A command that does not handle Ctrl-C itself leaves nothing behind."""
    parent = start(READ, write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + ROWS))
    parser = child_of(parent)
    os.kill(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    expect_end(parser)


@pytest.mark.slow
def test_the_parser_never_sees_the_key(tmp_path: Path) -> None:
    """A parser that a hostile file takes over has nothing to give away."""
    parent = start(
        READ, write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + ROWS), IMPORTER_API_KEY="invented-key"
    )
    environment = b""
    parser = child_of(parent)
    deadline = time.monotonic() + 5
    while b"-I" not in Path(f"/proc/{parser}/cmdline").read_bytes().split(b"\0"):
        assert time.monotonic() < deadline
    environment = Path(f"/proc/{parser}/environ").read_bytes()
    parent.communicate(timeout=60)
    assert environment
    assert b"invented-key" not in environment


def test_a_scratch_folder_that_is_not_there_is_the_systems_own_error(tmp_path: Path) -> None:
    """It is no fault of the workbook."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    with pytest.raises(FileNotFoundError):
        parse(request(path, tmp_path / "none" / "spool"))


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (OSError(errno.ENOMEM, "Cannot allocate memory"), {"failed": OUT_OF_MEMORY}),
        (MemoryError(), {"failed": OUT_OF_MEMORY}),
        (OSError(errno.ENOSPC, "No space left on device"), {"system": [errno.ENOSPC, "No space left on device"]}),
    ],
)
def test_whatever_asks_for_memory_first_it_is_memory_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, said: dict[str, object]
) -> None:
    """A system call that the limit refuses is the workbook's doing; a full disk is not."""
    task = Mock(confine=Mock(side_effect=raised))
    monkeypatch.setattr(child, "Task", Mock(return_value=task))
    assert child.answer({"parent": 1}) == said


def test_a_workbook_needs_little_memory(tmp_path: Path) -> None:
    """A small one is read under a limit that a real one would never meet."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    assert parse(request(path, tmp_path / "spool", Limits(memory_bytes=32 * 1024**2)))["width"] == 4


@pytest.mark.slow
def test_what_is_parsed_is_for_its_owner_only_and_goes_away(tmp_path: Path) -> None:
    """It holds names and addresses."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    code = """
        import sys, tempfile
        from pathlib import Path
        from importer.sheets.open import open_table
        table = open_table(Path(sys.argv[1]))
        [folder] = Path(tempfile.gettempdir()).glob("importer-*")
        print(oct(folder.stat().st_mode & 0o777), len(list(folder.iterdir())))
    """
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    output, errors = start(code, path, TMPDIR=str(scratch)).communicate(timeout=60)
    assert (output, errors) == ("0o700 1\n", "")
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_a_sheet_is_seen_as_it_is_without_any_header(tmp_path: Path) -> None:
    """Blank lines are empty records, and lines have the cells that they have."""
    book: dict[str, list[list[object]]] = {"Empty": [], "Data": [[], ["a", None, 7, True], [], ["b"]]}
    file = SourceFile(write_xlsx(tmp_path / "a.xlsx", book), "a.xlsx")
    first = open_raw_workbook(file, "xlsx", AS_IT_IS, tmp_path)
    assert (first.grid.sheet, list(first.records())) == ("Empty", [])
    second = open_raw_workbook(file, "xlsx", Reading(sheet="Data"), tmp_path)
    assert list(second.records()) == [(1, []), (2, ["a", "", "7", "TRUE"]), (3, []), (4, ["b"])]
    with pytest.raises(SourceError, match="no sheet"):
        open_raw_workbook(file, "xlsx", Reading(sheet="Dota"), tmp_path)


def test_a_survey_tells_the_size_of_every_sheet(tmp_path: Path) -> None:
    """Hidden ones too: `peek` shows them."""
    import openpyxl  # noqa: PLC0415 - only here

    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [[], HEADER, ANA], "Old": [["x"]], "Empty": []})
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert list(workbook_sizes(SourceFile(path, "a.xlsx"), "xlsx", AS_IT_IS, tmp_path)) == [
        SheetSize("Data", visible=True, lines=3, columns=4),
        SheetSize("Old", visible=False, lines=1, columns=1),
        SheetSize("Empty", visible=True, lines=0, columns=0),
    ]


def test_a_workbook_without_a_visible_sheet_has_no_records(tmp_path: Path) -> None:
    """There is nothing that a person would see."""
    path = write_package(tmp_path / "a.xlsx", "", parts={"xl/workbook.xml": "<workbook><sheets/></workbook>"})
    raw = open_raw_workbook(SourceFile(path, "a.xlsx"), "xlsx", AS_IT_IS, tmp_path)
    assert list(raw.records()) == []


@pytest.mark.slow
def test_reading_needs_nothing_from_the_environment(tmp_path: Path) -> None:
    """The parser finds the importer where the command found it."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    code = f"import json, sys; sys.path[:] = {json.dumps(sys.path)}\n" + textwrap.dedent(READ)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, path], capture_output=True, text=True, check=True, env={}, cwd="/"
    )
    assert done.stdout == "begun\n1\n"


def test_open_table_uses_the_scratch_folder_that_it_is_given(tmp_path: Path) -> None:
    """A run gives a folder of its own, which goes away when the run ends."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]}), scratch=scratch)
    assert len(list(scratch.iterdir())) == 1
    assert sum(len(chunk.frame) for chunk in table.chunks(5)) == 1
