"""No customer of a table goes missing, whatever one fault does to its text, and wherever its file is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.accounts import Account, account
from tests.properties.faulty_tables import FAULTS, Written, tables
from tests.proving import examples
from tests.sheets.files import write_xlsx

_FEW: Final = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
_MANY: Final = settings(max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
_FEW_CUTS: Final = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
_MANY_CUTS: Final = settings(max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
_SIGNS: Final = re.compile(r"[^\w@.-]+")
_SAYS_SOMETHING: Final = re.compile(r"[^\W_]")
_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


def _expect_all(found: Account, table: Written, text: str) -> None:
    assert found.missing(table.customers) == [], text
    assert list(found.mixed(table.customers)) == [], text


def _read(folder: Path, text: str) -> Account:
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    return account(path)


@pytest.mark.parametrize("fault", FAULTS)
@_FEW
@given(data=st.data())
def test_a_fault_loses_nobody(tmp_path: Path, fault: str, data: st.DataObject) -> None:
    """Each customer is in a row of its own, whatever becomes of it, or the file is refused."""
    table = data.draw(tables())
    text = FAULTS[fault](data.draw, table)
    found = _read(tmp_path, text)
    _expect_all(found, table, text)
    if fault == "nothing":
        assert len(found.sent) == len(table.customers)
    if not found.refused and '"' not in text:
        lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - text.endswith(("\r", "\n"))
        assert sum(found.records.values()) == lines, text


@pytest.mark.slow
@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS)
@_MANY
@given(data=st.data())
def test_no_fault_of_many_loses_anybody(tmp_path: Path, fault: str, data: st.DataObject) -> None:
    """The same, many times over."""
    table = data.draw(tables())
    text = FAULTS[fault](data.draw, table)
    _expect_all(_read(tmp_path, text), table, text)


def _cut_faults(found: Account, table: Written, text: str, cut: int) -> Iterator[str]:
    """Yield what is wrong with a file that was cut off after so many characters."""
    whole = [one for one, (_, end) in zip(table.customers, table.spans(), strict=True) if end <= cut]
    if found.missing(whole):
        yield "a whole customer is missing"
    for customer, (begin, end) in zip(table.customers, table.spans(), strict=True):
        if not begin < cut < end:
            continue
        rows = [row for row, values in found.sent.items() if values[0] == customer[0]]
        parts = [_SIGNS.sub("", line) for line in re.split(r"[\r\n]+", text[begin:cut])]
        told = {_SIGNS.sub("", row) for row in found.told.values()}
        if rows:
            if begin != table.spans()[0][0] and rows != [found.cut_off]:
                yield "the last customer is sent without a word"
        elif any(map(_SAYS_SOMETHING.search, parts)) and not any(part in row for part in parts if part for row in told):
            yield "the beginning of a customer is missing"


def _expect_at_cut(folder: Path, table: Written, encoding: str, at: int) -> None:
    path, data = folder / "a.csv", table.text.encode(encoding)[:at]
    path.write_bytes(data)
    found = account(path)
    cut = len(data.decode("utf-8" if encoding == "utf-8-sig" else encoding, "ignore").removeprefix("\ufeff"))
    if not found.refused:
        assert list(_cut_faults(found, table, table.text, cut)) == [], (at, table.text)


@_FEW_CUTS
@given(table=tables(), encoding=st.sampled_from(_ENCODINGS), share=st.floats(0, 1))
def test_a_file_cut_anywhere_loses_nobody(tmp_path: Path, table: Written, encoding: str, share: float) -> None:
    """Whoever's record begins is told, and the last one is not sent without a warning unless it is whole.

    The first row has only the header above it, which makes no habit of how lines end.
    """
    begin, end = len(table.records[0].encode(encoding)), len(table.text.encode(encoding))
    _expect_at_cut(tmp_path, table, encoding, begin + int(share * (end - begin)))


@pytest.mark.slow
@pytest.mark.proof
@_MANY_CUTS
@given(table=tables(most=4), encoding=st.sampled_from(_ENCODINGS))
def test_a_file_cut_at_each_of_its_bytes_loses_nobody(tmp_path: Path, table: Written, encoding: str) -> None:
    """The same for all bytes from the end of the header on."""
    for at in range(len(table.records[0].encode(encoding)), len(table.text.encode(encoding)) + 1):
        _expect_at_cut(tmp_path, table, encoding, at)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.slow
def test_no_line_of_a_workbook_is_lost(tmp_path: Path, data: st.DataObject) -> None:
    """With lines of any kind put between, above and below the rows, and the header anywhere."""
    table = data.draw(tables())
    names = {"customer_id": 0, "first_name": 1, "last_name": 2, "email": 3}
    columns = [name for name in table.columns if name in names]
    header: list[object] = [*table.names(columns).split(table.delimiter)]
    rows: list[list[object]] = [[one[names[name]] for name in columns] for one in table.customers]
    lines = [header, *rows]
    others: list[list[object]] = [[], ["Total", 3], ["--------"], ["By the office."], header, header[::-1], [None, " "]]
    for line in data.draw(st.lists(st.sampled_from(others), max_size=3)):
        lines.insert(data.draw(st.integers(0, len(lines))), list(line))
    if data.draw(st.booleans()):
        lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(0))
    found = account(write_xlsx(tmp_path / "a.xlsx", {"Data": lines}))
    _expect_all(found, table, str(lines))
