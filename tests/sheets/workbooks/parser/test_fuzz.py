"""Any bytes at all end in lines or in a `SourceError`."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, text_row, write_package
from tests.sheets.workbooks.formats import xlsb_files
from tests.sheets.workbooks.formats.markup_files import write_html, write_xml, xml_row, xml_sheet
from tests.sheets.workbooks.formats.test_old_formats import biff5, write_container
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

pytestmark = pytest.mark.proof

_SETTINGS: Final = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _xls(path: Path) -> Path:
    path.write_bytes(biff5([HEADER, ANA]))
    return path


_WRITERS: Final[Mapping[str, Callable[[Path], Path]]] = {
    "xlsx": lambda path: write_package(path, text_row(1, HEADER) + text_row(2, ANA)),
    "xlsb": lambda path: xlsb_files.write_xlsb(
        path, {"Data": xlsb_files.sheet(xlsb_files.text_row(1, HEADER) + xlsb_files.text_row(2, ANA))}, strings=["a"]
    ),
    "xls": _xls,
    "container": lambda path: write_container(path, ["Root Entry", "Workbook"]),
    "ods": lambda path: write_ods(path, ods_row(HEADER) + ods_row(ANA)),
    "html": lambda path: write_html(path, [HEADER, ANA]),
    "xml": lambda path: write_xml(path, xml_sheet("Data", xml_row(HEADER) + xml_row(ANA))),
}


def _end(path: Path) -> None:
    """Read a file to its end, if it can be read."""
    with contextlib.suppress(SourceError):
        for _ in open_table(path).chunks(100):
            pass


def _changed(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    """Return bytes of which some are replaced by others: where, by what, and how many, in turn."""
    for at, new, count in changes:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + count :]
    return data


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2**20),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from([b"<", b"</row>", b"&", b'"', b"\xff\xff\xff\xff", b"99999999999", b"<!--", b"\0"]),
        ),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("form", list(_WRITERS))
@_SETTINGS
@given(changes=CHANGES, cut=st.integers(0, 2**20) | st.none())
def test_a_file_that_is_changed_anywhere_is_read_or_refused(
    tmp_path: Path, form: str, changes: list[tuple[int, bytes, int]], cut: int | None
) -> None:
    """Nothing but SourceError comes out, whatever the format."""
    data = _changed(_WRITERS[form](tmp_path / "whole").read_bytes(), changes)
    path = tmp_path / "changed"
    path.write_bytes(data if cut is None else data[: cut % (len(data) + 1)])
    _end(path)


@pytest.mark.parametrize("form", ["xlsx", "xlsb", "ods"])
@_SETTINGS
@given(changes=CHANGES, part=st.integers(0, 20))
def test_a_part_that_is_changed_inside_of_its_archive_is_read_or_refused(
    tmp_path: Path, form: str, changes: list[tuple[int, bytes, int]], part: int
) -> None:
    """The archive is sound, so that the readers get to see it."""
    whole = zipfile.ZipFile(io.BytesIO(_WRITERS[form](tmp_path / "whole").read_bytes()))
    names = whole.namelist()
    path = tmp_path / "changed"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            data = whole.read(name)
            archive.writestr(name, _changed(data, changes) if name == names[part % len(names)] else data)
    _end(path)


@_SETTINGS
@given(
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\0", b"<html>", b"<?xml"]
    ),
    rest=st.binary(max_size=600),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, start: bytes, rest: bytes) -> None:
    """They may begin like a workbook and go on like nothing."""
    path = tmp_path / "any"
    path.write_bytes(start + rest)
    _end(path)
