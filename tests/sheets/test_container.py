"""Tables that are packed."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.container import unpacked
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from tests.sheets.files import ANA, HEADER, write_xlsx

TABLE = b"id,name\n1,Ana\n"


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _unpacked(path: Path, limits: Limits | None = None) -> tuple[bytes, str, str | None]:
    """Return what comes out of a file, its name for messages, and the kind of container."""
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    file = unpacked(SourceFile(path, path.name), scratch, limits or Limits())
    return file.path.read_bytes(), file.name, file.container


def _refused(path: Path, limits: Limits | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        _unpacked(path, limits)
    return caught.value


def test_a_file_in_gzip_is_unpacked(tmp_path: Path) -> None:
    """Its name is that of the container, without its ending."""
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TABLE) + gzip.compress(b"2,Ben\n"))
    assert _unpacked(tmp_path / "a.csv.gz") == (TABLE + b"2,Ben\n", "a.csv", "gz")


def test_the_only_file_in_a_zip_is_unpacked(tmp_path: Path) -> None:
    """Folders, and what systems put beside a file, are not counted."""
    members = {"export/": b"", "export/a.csv": TABLE, "__MACOSX/export/._a.csv": b"x", ".DS_Store": b"x"}
    path = _zip(tmp_path / "a.zip", members | {"export\\Thumbs.db": b"x"})
    assert _unpacked(path) == (TABLE, "a.csv in a.zip", "zip")


def test_a_workbook_may_be_what_is_packed_and_is_no_container_itself(tmp_path: Path) -> None:
    """Though it is a zip archive."""
    book = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    data = book.read_bytes()
    assert _unpacked(book) == (data, "a.xlsx", None)
    assert _unpacked(_zip(tmp_path / "b.zip", {"a.xlsx": data})) == (data, "a.xlsx in b.zip", "zip")
    (tmp_path / "b.gz").write_bytes(gzip.compress(data))
    assert _unpacked(tmp_path / "b.gz")[2] == "gz"


def test_any_other_file_is_left_as_it_is(tmp_path: Path) -> None:
    """A table of text, whatever its first column is called, and a document that is a zip archive."""
    (tmp_path / "a.csv").write_bytes(TABLE)
    assert _unpacked(tmp_path / "a.csv") == (TABLE, "a.csv", None)
    (tmp_path / "b.csv").write_bytes(b"PK,First Name\n1,Ana\n")
    assert _unpacked(tmp_path / "b.csv")[2] is None
    assert _unpacked(_zip(tmp_path / "a.docx", {"[Content_Types].xml": b"", "word/document.xml": b""}))[2] is None


@pytest.mark.parametrize(
    ("members", "code", "word"),
    [
        pytest.param({}, "empty_source", "no file", id="empty"),
        pytest.param({"a/": b"", ".x": b""}, "empty_source", "no file", id="nothing-of-anybody's"),
        pytest.param({"a.csv": b"", "b.csv": b""}, "several_files", '"a.csv" and "b.csv"', id="several"),
        pytest.param({"a.csv.gz": gzip.compress(TABLE)}, "packed_twice", "once more", id="gzip"),
        pytest.param({"a.7z": b"7z\xbc\xaf\x27\x1c"}, "packed_twice", "once more", id="7z"),
    ],
)
def test_a_zip_with_anything_but_one_table_is_refused(
    tmp_path: Path, members: dict[str, bytes], code: str, word: str
) -> None:
    """The message says what is in it."""
    error = _refused(_zip(tmp_path / "a.zip", members))
    assert error.code == code
    assert word in error.message
    assert error.hint


def test_a_zip_in_a_zip_is_refused(tmp_path: Path) -> None:
    """However deep the table is."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", TABLE)
    assert _refused(_zip(tmp_path / "a.zip", {"a.zip": inner.getvalue()})).code == "packed_twice"
    (tmp_path / "a.gz").write_bytes(gzip.compress(inner.getvalue()))
    assert _refused(tmp_path / "a.gz").code == "packed_twice"


def test_a_zip_with_a_password_says_so(tmp_path: Path) -> None:
    """Python could only read the weaker of the two ways."""
    path = _zip(tmp_path / "a.zip", {"a.csv": TABLE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert _refused(path).code == "password_protected"


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_trap_12_a_bomb_is_stopped_while_it_is_unpacked(tmp_path: Path, kind: str) -> None:
    """Trap 12: what comes out counts, not what is declared; the message names the setting that allows more."""
    data = bytes(30_000_000)
    path = tmp_path / f"a.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(data))
    else:
        _zip(path, {"a.csv": data})
    error = _refused(path)
    assert error.code == "workbook_too_large"
    assert "IMPORTER_MAX_UNPACK_RATIO" in error.hint
    assert "IMPORTER_MAX_UNPACKED_MB" in _refused(path, Limits(max_unpacked_bytes=1_000_000)).hint


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_container_that_is_cut_off_or_changed_anywhere_is_unpacked_or_refused(tmp_path: Path, kind: str) -> None:
    """Nothing but SourceError comes out."""
    table = b"".join(b"%d,Ana\n" % number for number in range(60))
    whole = gzip.compress(table) if kind == "gz" else _zip(tmp_path / "whole", {"a.csv": table}).read_bytes()
    path = tmp_path / "a"
    outcomes = set()
    for at in range(2, len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :]):
            path.write_bytes(data)
            try:
                outcomes.add(_unpacked(path)[2])
            except SourceError as error:
                outcomes.add(error.code)
    assert "damaged_container" in outcomes
