"""Why dialects are guessed by ourselves: what CleverCSV makes of small files, beside what our own guess makes of them.

Each test is one reason, and fails once CleverCSV does not give it any more: then the decision in
docs/decisions/sheets/text.md is to be looked at anew.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

import clevercsv
import pytest

from importer.model.source import Field
from importer.sheets.open import open_table
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, write_csv

ANEW: Final = "CleverCSV does not give this reason any more: look at docs/decisions/sheets/text.md anew"
SAMPLE: Final = 64 * 1024
"""As many characters as our own guess tries dialects on."""


def _clever(text: str) -> list[list[str]]:
    """Return the records of a text as CleverCSV reads it in the dialect that it has found in the start."""
    dialect = clevercsv.Detector().detect(text[:SAMPLE])
    assert dialect is not None
    return list(clevercsv.reader(io.StringIO(text, newline=""), dialect))


def _ours(path: Path, text: str) -> list[list[str]]:
    table = open_table(write_csv(path, text))
    assert issues_of(table) == []
    return [list(row.values()) for row in cells_of(table)]


@pytest.mark.slow
def test_clevercsv_knows_no_quotes_where_its_sample_has_none(tmp_path: Path) -> None:
    """A name that is quoted further down becomes two cells; all of a file is looked at in a second a megabyte."""
    text = "\n".join([",".join(HEADER), *[",".join(ANA)] * 1_100, f'{BEN[0]},Ben,"Okafor, Jr.",{BEN[3]}'])
    assert len(text) > SAMPLE
    assert _clever(text)[-1] == [BEN[0], "Ben", '"Okafor', ' Jr."', BEN[3]], ANEW
    assert _ours(tmp_path / "a.csv", text)[-1] == [BEN[0], "Ben", "Okafor, Jr.", BEN[3]]


def test_clevercsv_leaves_quotes_behind_a_space(tmp_path: Path) -> None:
    """Where a space follows each delimiter, a quote does not begin its cell: a comma in it divides a name."""
    lines = [", ".join(HEADER), ", ".join([*ANA[:2], '"Reyes, Jr."', ANA[3]]), ", ".join(BEN)]
    text = "\n".join(lines)
    assert _clever(text)[1][2] != "Reyes, Jr.", ANEW
    assert _ours(tmp_path / "a.csv", text) == [[*ANA[:2], "Reyes, Jr.", ANA[3]], BEN]


@pytest.mark.parametrize("delimiter", ["||", "::", "^|^"])
def test_clevercsv_knows_delimiters_of_one_character_only(tmp_path: Path, delimiter: str) -> None:
    """Else each name has something before or after it, or stands in another column."""
    text = "\n".join(delimiter.join(row) for row in (HEADER, ANA, BEN))
    assert _clever(text)[1] != ANA, ANEW
    assert _ours(tmp_path / "a.csv", text) == [ANA, BEN]


def test_clevercsv_divides_at_spaces_below_a_title(tmp_path: Path) -> None:
    """It does not know the names of the columns, and a sentence is more regular than two rows with spaces in them."""
    person = [ANA[0], "Mary Ann", "de la Cruz", ANA[3]]
    text = "\n".join(["Customers of May, as exported by the office", "", ";".join(HEADER), ";".join(person)])
    assert _clever(text)[-1] != person, ANEW
    assert _ours(tmp_path / "a.csv", text) == [person]


def test_the_sniffer_takes_a_letter_for_a_delimiter(tmp_path: Path) -> None:
    """That of Python's csv takes any character that is in each line equally often."""
    text = "\n".join(",".join(row) for row in (HEADER, [*ANA, ""], [*BEN, ""]))
    assert csv.Sniffer().sniff(text).delimiter == "l", "look at docs/decisions/sheets/text.md anew"
    assert open_table(write_csv(tmp_path / "a.csv", text)).columns[Field.EMAIL].position == 3
