"""What a file is, by its content, and how it is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, cells_of, refusal, write_csv, write_package, write_xlsx


def test_a_workbook_called_csv_is_read_as_a_workbook(tmp_path: Path) -> None:
    """The extension is only what somebody called it."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]}).rename(tmp_path / "a.csv")
    table = open_table(path)
    assert (table.format, table.sheet) == ("xlsx", "Data")
    assert [list(row.values()) for row in cells_of(table)] == [ANA]


def test_text_called_xlsx_is_read_as_csv(tmp_path: Path) -> None:
    """That is a common export."""
    assert open_table(write_csv(tmp_path / "a.xlsx", ",".join(HEADER))).format == "csv"


@pytest.mark.parametrize(
    ("start", "code", "word"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 9, "unknown_format", "picture", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0abc", "unknown_format", "picture", id="jpeg"),
        pytest.param(b"%PDF-1.7\n", "unknown_format", "PDF", id="pdf"),
        pytest.param(b"\x1f\x8b\x08\0", "unknown_format", "compressed", id="gzip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook", "password", id="ole"),
        pytest.param("\ufeff<html>".encode("utf-16-le"), "unknown_format", "web page", id="html-in-utf-16"),
        pytest.param(b"a,b\0\0\0\0\0\0\0\0\0", "unknown_format", "not text", id="nuls"),
        pytest.param(b"\xef\xbb\xbf <!DOCTYPE html><table>", "unknown_format", "web page", id="html"),
        pytest.param(b"PK\x03\x04 cut off", "damaged_workbook", "damaged", id="cut-zip"),
        pytest.param(b"", "empty_source", "empty", id="empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_it_is(tmp_path: Path, start: bytes, code: str, word: str) -> None:
    """Each names the file and says what to do."""
    path = tmp_path / "a.csv"
    path.write_bytes(start)
    error = refusal(path)
    assert error.code == code
    assert error.message.startswith("a.csv is ")
    assert word in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("xl\\workbook.bin", ".xlsb"),
        ("content.xml", "OpenDocument"),
        ("word/document.xml", "Word"),
        ("a.csv", "archive (zip)"),
    ],
)
def test_other_archives_are_refused_with_what_they_are(tmp_path: Path, part: str, word: str) -> None:
    """An archive is a workbook only with a workbook in it."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    error = refusal(path)
    assert error.code == "unknown_format"
    assert word in error.message


def test_a_file_that_is_not_there_is_said_with_its_path(tmp_path: Path) -> None:
    """A folder in between that is none is the same."""
    error = refusal(tmp_path / "none.csv")
    assert error.code == "source_missing"
    assert str(tmp_path / "none.csv") in error.message


def test_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    """A pipe would be waited for; it is not."""
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path).code == "not_a_file"
    assert refusal(tmp_path / "pipe").code == "not_a_file"


def test_what_cannot_be_read_is_said_with_the_reason(tmp_path: Path) -> None:
    """The reason is the system's own, here a path through a file."""
    path = write_csv(tmp_path / "a.csv", "x") / "b.csv"
    error = refusal(path)
    assert error.code == "source_unreadable"
    assert "not a directory" in error.message


def test_nothing_heavy_is_imported_before_a_file_is_opened() -> None:
    """`importer --help` answers at once."""
    heavy = "{'pandas', 'openpyxl', 'python_calamine', 'rapidfuzz', 'numpy'}"
    code = f"import sys, importer.sheets.open; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_package_made_by_hand_is_a_workbook(tmp_path: Path) -> None:
    """Part names may be written with backslashes and in any case."""
    path = write_package(tmp_path / "a.xlsx", "")
    assert refusal(path).code == "empty_source"
