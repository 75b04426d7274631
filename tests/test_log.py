"""Log lines: for people on a screen, for programs in a file, and nothing secret in either."""

from __future__ import annotations

import gc
import json
import logging
import os
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest

from importer.errors import SettingsError
from importer.log import open_log
from importer.settings import Settings

KEY = "canary-key-7f3a"


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_file_gets_a_json_object_a_line(tmp_path: Path) -> None:
    """Each event is one JSON object with its time, its level, what was bound and what was told."""
    path = tmp_path / "log.jsonl"
    log = open_log(echo=None, file=path).bind(run="r7")
    log.info("begun", mode="run")
    log.debug("row", row=2, status="updated", http_status=None, text="Peña\nNL")
    begun, row = _lines(path)
    assert datetime.fromisoformat(str(begun.pop("timestamp"))).utcoffset() is not None
    assert begun == {"event": "begun", "level": "info", "run": "r7", "mode": "run"}
    assert row.pop("timestamp")
    assert row == {
        "event": "row",
        "level": "debug",
        "run": "r7",
        "row": 2,
        "status": "updated",
        "http_status": None,
        "text": "Peña\nNL",
    }
    assert "Peña".encode() in path.read_bytes()


def test_a_line_is_there_when_it_was_told(tmp_path: Path) -> None:
    """Nothing waits in memory: what a killed process told is in the file."""
    path = tmp_path / "log.jsonl"
    log = open_log(echo=None, file=path)
    for number in range(3):
        log.info("row", row=number)
        assert len(_lines(path)) == number + 1


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    """Several runs, one after the other or at once, share a file without harm to each other's lines."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "before"}\n')
    one, other = open_log(echo=None, file=path), open_log(echo=None, file=path)
    for log in (one, other, one):
        log.info("now")
    assert [line["event"] for line in _lines(path)] == ["before", "now", "now", "now"]


def test_a_screen_gets_a_readable_line() -> None:
    """`echo` gets one line an event, in plain text without colour."""
    lines: list[str] = []
    log = open_log(echo=lines.append, file=None)
    log.bind(run="r7").info("begun", mode="run")
    (line,) = lines
    assert "begun" in line
    assert "run=r7" in line
    assert "mode=run" in line
    assert "\x1b" not in line
    assert "\n" not in line


def test_both_get_the_same_event(tmp_path: Path) -> None:
    """Screen and file can be had together; neither changes what the other gets."""
    lines: list[str] = []
    log = open_log(echo=lines.append, file=tmp_path / "log.jsonl")
    log.error("defect", kind="ValueError")
    assert len(lines) == 1
    assert _lines(tmp_path / "log.jsonl")[0]["kind"] == "ValueError"


def test_what_is_said_in_a_sentence_is_not_told_again(tmp_path: Path) -> None:
    """The file has it, as it has all; a person would read it twice."""
    lines: list[str] = []
    log = open_log(echo=lines.append, file=tmp_path / "log.jsonl")
    log.info("begun", mode="run", said=True)
    assert lines == []
    (line,) = _lines(tmp_path / "log.jsonl")
    assert (line["event"], line["mode"], "said" in line) == ("begun", "run", False)


def test_no_log_at_all_is_fine(capfd: pytest.CaptureFixture[str]) -> None:
    """Without screen and file, events go nowhere."""
    open_log(echo=None, file=None).info("begun")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("where", ["gone/log.jsonl", "."])
def test_a_file_that_cannot_be_written_is_a_settings_error(where: str, tmp_path: Path) -> None:
    """The message names the file, and the hint the option; this comes before anything is sent."""
    with pytest.raises(SettingsError, match="cannot be written") as caught:
        open_log(echo=None, file=tmp_path / where)
    assert caught.value.code == "log_unwritable"
    assert str(tmp_path) in caught.value.message
    assert "--log-file" in caught.value.hint


def test_a_full_disk_does_not_stop_what_is_logged() -> None:
    """Where the file cannot be written any more, that is told once on the screen, and the run goes on."""
    lines: list[str] = []
    log = open_log(echo=lines.append, file=Path("/dev/full"))
    log.info("one")
    log.info("two")
    assert [line for line in lines if "/dev/full" in line] == [
        "The log file /dev/full cannot be written any more: No space left on device."
    ]
    assert len(lines) == 3
    open_log(echo=None, file=Path("/dev/full")).info("nobody to tell")


def test_values_of_any_kind_make_valid_lines(tmp_path: Path) -> None:
    """Paths, bytes that are no UTF-8 and other values do not break a line."""
    path = tmp_path / "log.jsonl"
    odd = os.fsdecode(b"caf\xe9")
    open_log(echo=None, file=path).info("odd", path=Path("/x"), text=odd, number=float(10**20))
    (line,) = _lines(path)
    assert line["text"] == odd


def test_no_key_is_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither settings that are logged nor an exception's text show the key."""
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    path, lines = tmp_path / "log.jsonl", list[str]()
    log = open_log(echo=lines.append, file=path)
    settings = Settings.load({})
    try:
        int(KEY)
    except ValueError:
        log.exception("defect", settings=settings, key=settings.key())
    assert KEY not in path.read_text()
    assert KEY not in "".join(lines)
    assert _lines(path)[0]["event"] == "defect"


def test_what_the_http_library_says_is_not_passed_on() -> None:
    """Lines of urllib3, which hold addresses of requests, reach no handler of the root."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        open_log(echo=None, file=None)
        logging.getLogger("urllib3.connectionpool").warning("PUT /api/v1/groups/x")
        logging.getLogger("another").warning("something else")
    finally:
        logging.getLogger().removeHandler(handler)
    assert stream.getvalue() == "something else\n"


@pytest.mark.slow
def test_a_file_is_closed_when_its_log_is_gone(tmp_path: Path) -> None:
    """A log that nobody holds any more leaves no file open."""

    def count() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    log = open_log(echo=None, file=tmp_path / "log.jsonl")
    assert count() == before + 1
    del log
    assert count() == before
