"""What a file is, by its content, and how it is refused."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from importer.sheets.recognition import Family, recognise
from importer.sheets.source_file import SourceFile
from tests.sheets.files import ANA, HEADER, PACKAGE, cells_of, refusal, text_row, write_csv, write_package, write_xlsx

_NOISE = random.Random(1).randbytes(3000).replace(b"\0", b"x")  # noqa: S311 - no secret
_JSON = b'[{"customer_id": 1, "first_name": "Ana", "last_name": "Reyes", "email": "ana@example.com"}'


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
        pytest.param("\ufeff<html>".encode("utf-16-le"), "unknown_format", "web page", id="html-in-utf-16"),
        pytest.param(b"a,b\0\0\0\0\0\0\0\0\0", "unknown_format", "not text", id="nuls"),
        pytest.param(b"\xef\xbb\xbf <!DOCTYPE html><table>", "unknown_format", "web page", id="html"),
        pytest.param(b"MIME-Version: 1.0\n", "unknown_format", "web archive", id="mhtml"),
        pytest.param(b"", "empty_source", "empty", id="empty"),
        pytest.param(b'ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"id"\r\nE\r\n', "unknown_format", "SYLK", id="sylk"),
        pytest.param(b'ID;PCALCOOO32\nC;X1;Y1;K"id"\n', "unknown_format", "SYLK", id="sylk-of-libreoffice"),
        pytest.param(b"ID;PSheetJS;N;E\nP;PGeneral\nF;P0;DG0G8;M255\n", "unknown_format", "SYLK", id="sylk-of-others"),
        pytest.param(b'TABLE\r\n0,1\r\n"x"\r\nVECTORS\r\n', "unknown_format", "DIF", id="dif"),
        pytest.param(_NOISE, "unknown_format", "not text", id="noise"),
        pytest.param(_JSON + b"]", "unknown_format", "JSON", id="json"),
        pytest.param(_JSON[1:] + b"\n" + _JSON[1:], "unknown_format", "JSON", id="json-lines"),
        pytest.param(_JSON.replace(b" ", b""), "unknown_format", "JSON", id="json-without-spaces"),
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
    ("data", "encoding"),
    [
        pytest.param("名,字\n一,二\n".encode("utf-16-le") * 9, "utf-16-le", id="without-a-letter-of-ascii"),
        pytest.param("id,名\n1,二\n".encode("utf-32-be") * 9, "utf-32", id="in-four-bytes"),
        pytest.param("id,name\n1,Ana\n".encode("cp037") * 9, "cp037", id="of-a-mainframe"),
        pytest.param("id,名字\n1,山田 太郎\n".encode("iso2022_jp") * 40, "iso2022_jp", id="with-escapes"),
        pytest.param(b"ID;Price\nB;12\nC;7\n", "utf-8", id="hardly-sylk"),
        pytest.param(b"ID;Person\nF;Anna\nO;Otto\n", "utf-8", id="as-hardly-sylk"),
        pytest.param(b"PK,Name\n1,Ana\n2,Ben\n", "utf-8", id="begins-as-an-archive"),
        pytest.param("id,name\n1,José\x01\x02\x03\n".encode("cp1252") * 40, "windows-1252", id="some-controls"),
        pytest.param(b"id,name\n" + b"1,\x01\x02\x03\x04\n" * 90, "windows-1252", id="many-controls"),
    ],
)
def test_text_is_text_in_the_encoding_that_is_said(tmp_path: Path, data: bytes, encoding: str) -> None:
    """Its bytes may be those of no text in any other."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert len(list(open_raw(path, Reading(encoding=encoding)).records())) >= 3


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "presentation"),
        ("encrypted-package", "OpenDocument"),
    ],
)
def test_other_archives_are_refused_with_what_they_are(tmp_path: Path, part: str, word: str) -> None:
    """An archive is a workbook only with a workbook in it."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(part, "x")
    error = refusal(path)
    assert error.code == "unknown_format"
    assert word in error.message


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04 cut off", id="zip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, id="ole"),
        pytest.param(b"\x09\x08\x10\x00\x00\x06", id="records"),
    ],
)
def test_a_workbook_that_is_cut_off_is_said_to_be_damaged(tmp_path: Path, data: bytes) -> None:
    """The beginning says what it was."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    error = refusal(path)
    assert error.code == "damaged_workbook"
    assert error.message.startswith("a.csv cannot be read as a workbook: ")


@pytest.mark.parametrize(
    ("mimetype", "family"),
    [("spreadsheet", Family.ODS), ("spreadsheet-template", Family.ODS), (None, Family.ODS), ("text", None)],
)
def test_an_open_document_is_a_workbook_only_if_it_is_a_spreadsheet(
    tmp_path: Path, mimetype: str | None, family: Family | None
) -> None:
    """Its first part says what it is; one that says nothing is tried."""
    path = tmp_path / "a"
    with zipfile.ZipFile(path, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{mimetype}")
        archive.writestr("content.xml", "x")
    if family is None:
        assert "no spreadsheet" in refusal(path).message
    else:
        assert recognise(SourceFile(path, "a")) is family


@pytest.mark.parametrize(
    ("start", "family"),
    [
        pytest.param(
            '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', Family.XML, id="xml"
        ),
        pytest.param(
            '<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">',
            Family.FODS,
            id="fods",
        ),
        pytest.param("\r\n  <TABLE><tr><td>", Family.HTML, id="table"),
        pytest.param('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', Family.HTML, id="xhtml"),
        pytest.param("<meta charset=utf-8><table>", Family.HTML, id="meta"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_marks_is_told_by_its_beginning(tmp_path: Path, start: str, family: Family, encoding: str) -> None:
    """Exports of all these are called .xls; some are in UTF-16."""
    path = tmp_path / "a.xls"
    path.write_bytes(start.encode(encoding))
    assert recognise(SourceFile(path, "a.xls")) is family


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
    assert "Not a directory" in error.message


def test_nothing_heavy_is_imported_before_a_file_is_opened() -> None:
    """`importer --help` answers at once."""
    heavy = "{'pandas', 'openpyxl', 'python_calamine', 'rapidfuzz', 'numpy'}"
    code = f"import sys, importer.sheets.open; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_workbook_is_one_wherever_its_parts_are(tmp_path: Path) -> None:
    """Programs agree on the folder, and the format does not; some begin the names at the root."""
    whole = zipfile.ZipFile(write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA)))
    for root, folder in (("", b"book/"), ("/", b"xl/"), ("/", b"")):
        path = tmp_path / "b.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name in whole.namelist():
                there = root + name.replace("xl/", folder.decode("ascii"))
                archive.writestr(there, whole.read(name).replace(b"xl/", folder))
        assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


def test_a_document_with_a_workbook_inside_of_it_is_none(tmp_path: Path) -> None:
    """Its types tell of both."""
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Override ContentType="application/vnd.openxmlformats-officedocument'
    )
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", f'{types}.spreadsheetml.sheet" PartName="/word/embeddings/a.xlsx"/></Types>'
        )
        archive.writestr("word/document.xml", "x")
    assert "Word" in refusal(path).message


def test_a_package_made_by_hand_is_a_workbook(tmp_path: Path) -> None:
    """Part names may be written with backslashes and in any case."""
    path = write_package(tmp_path / "a.xlsx", "")
    assert refusal(path).code == "empty_source"
