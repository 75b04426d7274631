"""What a person gives that is no file with a table: the one sentence that helps."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.source_paths import expect_file, shown_path


def refused(path: Path) -> SourceError:
    """Return why a path is refused."""
    with pytest.raises(SourceError) as caught:
        expect_file(path)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    "content", [b"\x04Ilse" + bytes(160), b"\x0aIlse@a.tld" + b" " * 44 + b"\x0a\0" + bytes(108), None]
)
@pytest.mark.parametrize(
    ("name", "program", "meant"),
    [
        ("~$book.xlsx", "Excel", "book.xlsx"),
        ("~$Book of May.XLSM", "Excel", "Book of May.XLSM"),
        ("~$old.xls", "Excel", "old.xls"),
        (".~lock.book.ods#", "LibreOffice", "book.ods"),
    ],
)
def test_what_a_program_keeps_beside_an_open_workbook_is_none(
    tmp_path: Path, name: str, program: str, meant: str, content: bytes | None
) -> None:
    """The workbook is named that is meant, also where the other file is gone by now."""
    if content:
        (tmp_path / name).write_bytes(content)
    error = refused(tmp_path / name)
    assert (error.code, program in error.message) == ("lock_file", True)
    assert f"beside {meant} as long as that is open" in error.message
    assert error.hint.endswith(shown_path(str(tmp_path / meant)))


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"Customer ID\nana@example.com\n", b"x" * 2000])
def test_a_table_with_the_name_of_such_a_file_is_a_table(tmp_path: Path, content: bytes) -> None:
    """Somebody may call a file as he likes."""
    (tmp_path / "~$book.xlsx").write_bytes(content)
    expect_file(tmp_path / "~$book.xlsx")


def test_what_macos_keeps_beside_a_file_is_none(tmp_path: Path) -> None:
    """On a disk that another system has made; a table of such a name is one."""
    path = tmp_path / "._changes.csv"
    path.write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + bytes(4000))
    error = refused(path)
    assert (error.code, "macOS keeps it beside changes.csv" in error.message) == ("lock_file", True)
    assert error.hint.endswith(str(tmp_path / "changes.csv"))
    path.write_text("Customer ID")
    expect_file(path)


@pytest.mark.parametrize(
    ("address", "named", "how"),
    [
        ("https://docs.google.com/spreadsheets/d/abc/edit?usp=sharing#gid=0", "docs.google.com", "Google Sheets"),
        ("http://files.example/a/b.csv", "files.example", ".xlsx or .csv"),
        (f"https://docs.google.com/{'x' * 300}/{'y' * 5000}", "docs.google.com", "Google Sheets"),
        ("HTTPS://files.example", "files.example", ".xlsx or .csv"),
        ("sftp://files.example/a.csv", "files.example", ".xlsx or .csv"),
        ("s3://bucket/a.csv", "bucket", ".xlsx or .csv"),
    ],
)
@pytest.mark.parametrize("folder", ["", "/home/ana"])
def test_an_address_on_the_web_is_to_be_downloaded_first(folder: str, address: str, named: str, how: str) -> None:
    """Only its host is named: the rest of a link may open it for anybody."""
    error = refused(Path(folder, address))
    assert error.code == "web_address"
    assert f"({named})" in error.message
    assert "abc" not in error.message
    assert how in error.hint
    assert "Download it first" in error.hint


def test_a_file_address_is_no_path() -> None:
    """Nothing has to be downloaded."""
    error = refused(Path("file:///home/ana/a.csv"))
    assert (error.code, "as the system writes it" in error.hint) == ("web_address", True)


def test_a_link_that_was_saved_is_no_table(tmp_path: Path) -> None:
    """Google's own folder holds such files in the place of tables."""
    (tmp_path / "May.gsheet").write_text('{"url": "https://docs.google.com/"}')
    assert "only a link" in refused(tmp_path / "May.gsheet").message


def test_a_pipe_is_given_as_standard_input(tmp_path: Path) -> None:
    """So is what a shell puts in the place of `<(zcat ...)`; nothing waits for it."""
    os.mkfifo(tmp_path / "pipe")
    reading, writing = os.pipe()
    for path in (tmp_path / "pipe", Path(f"/dev/fd/{reading}")):
        error = refused(path)
        assert (error.code, "is a pipe" in error.message, "| importer check -" in error.hint) == (
            "not_a_file",
            True,
            True,
        )
    os.close(reading)
    os.close(writing)


def test_a_folder_says_which_tables_are_in_it(tmp_path: Path) -> None:
    """The first of them is named, ready to be typed."""
    folder = tmp_path / "my folder"
    folder.mkdir()
    assert refused(folder).hint.endswith("in it, one at a time")
    for name in ("b.xlsx", "a b.csv", "0.pdf"):
        (folder / name).write_text("")
    error = refused(folder)
    assert (error.code, "is a folder, and not a file" in error.message) == ("not_a_file", True)
    assert error.hint.endswith(f'such as "{folder}/a b.csv"')


def test_devices_and_sockets_are_no_files(tmp_path: Path) -> None:
    """What they are is said."""
    assert "is a device" in refused(Path("/dev/null")).message
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert "is a socket" in refused(tmp_path / "s").message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chanegs.csv", "Did you mean this one: {}/changes.csv"),
        ("changes.xlsx", "Did you mean this one: {}/changes.csv"),
        ("other.ods", "Look at the spelling"),
        ("*.xlsx", "fits the pattern"),
        ("~/changes.csv", "outside of quotation marks: give {}/changes.csv"),
    ],
)
def test_a_file_that_is_not_there_is_looked_for_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """A slip in its name, a pattern that fits nothing, a home that was quoted."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "changes.csv").write_text("")
    error = refused(tmp_path / name)
    assert (error.code, said.format(tmp_path) in error.hint) == ("source_missing", True)
    assert "There is no file" in error.message


def test_a_path_through_a_file_is_the_systems_to_explain(tmp_path: Path) -> None:
    """Whoever opens it says so."""
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(NotADirectoryError):
        expect_file(tmp_path / "a.csv" / "b.csv")


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a.csv", "a.csv"), ("a b.csv", '"a b.csv"'), ("it's.csv", '"it\'s.csv"'), ("a $b.csv", "'a $b.csv'")],
)
def test_a_path_is_shown_as_a_shell_takes_it(path: str, shown: str) -> None:
    """In double quotation marks, as most people type them, where nothing in it is for the shell."""
    assert shown_path(path) == shown
