"""Files with codes in their cells: found out where that is certain, and left as they stand where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.reading import CODES, Reading
from tests.sheets.files import cells_of, issues_of, write_csv

HEADER = ("customer_id", "first_name", "last_name", "email")
ANA = ("11111111-1111-4111-8111-111111111111", "Ana", "Reyes", "ana@example.com")
_UID = "22222222-2222-4222-8222-22222222222"


def _rows(*names: tuple[str, str]) -> list[tuple[str, ...]]:
    return [(f"{_UID}{at}", first, last, f"a{at}@example.com") for at, (first, last) in enumerate(names)]


def _bare(delimiter: str, *names: tuple[str, str], end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in (HEADER, ANA, *_rows(*names)))


def _quoted(*names: tuple[str, str], end: str = "\n") -> str:
    rows = (HEADER, ANA, *_rows(*names))
    return "".join(",".join(cell if cell == r"\N" else f'"{cell}"' for cell in row) + end for row in rows)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(_bare("\t", (r"\N", "Okafor")), ["", "Okafor"], id="nothing-between-tabs"),
        pytest.param(_bare("\x01", (r"\N", "Okafor")), ["", "Okafor"], id="nothing-between-control-characters"),
        pytest.param(_bare("\t", (r"Anna\nMaria", "Okafor")), ["Anna\nMaria", "Okafor"], id="a-line-break"),
        pytest.param(_bare("\t", (r"Anna\r\nmaria", "Okafor")), ["Anna\r\nmaria", "Okafor"], id="both-line-breaks"),
        pytest.param(_bare("\t", ("Ben", r"Salcedo\\Ruiz")), ["Ben", r"Salcedo\Ruiz"], id="a-backslash"),
        pytest.param(_bare("\t", ("Anna\\\nMaria", "Okafor")), ["Anna\nMaria", "Okafor"], id="an-escaped-line-end"),
        pytest.param(_bare("\t", ("Ben\\\tB", r"\N")), ["Ben\tB", ""], id="an-escaped-tab"),
        pytest.param(_bare("\t", (r"\N", r"O\'Neil"), end="\r\n"), ["", "O'Neil"], id="an-apostrophe-beside-nothing"),
        pytest.param(_bare("|", (r"Ben\|B", r"Salcedo\\Ruiz")), ["Ben|B", r"Salcedo\Ruiz"], id="between-pipes"),
        pytest.param(_bare(",", (r"\N", r"Reyes\, Jr.")), ["", "Reyes, Jr."], id="between-commas"),
        pytest.param(_bare("\x01", (r"\N", "Anna\\\nMaria")), ["", "Anna\nMaria"], id="between-control-characters"),
        pytest.param(_quoted((r"\N", r"Ben \"B\" O")), ["", 'Ben "B" O'], id="quoted"),
        pytest.param(_quoted((r"\N", r"Salcedo\\Ruiz")), ["", r"Salcedo\Ruiz"], id="quoted-and-a-backslash"),
        pytest.param(_quoted(("Anna\\\nMaria", "Okafor")), ["Anna\nMaria", "Okafor"], id="quoted-and-a-line-end"),
        pytest.param(_bare(",", (r"\N", r'"Salcedo\\Ruiz"')), ["", r"Salcedo\Ruiz"], id="quoted-for-a-backslash"),
        pytest.param(_quoted((r"Anna\nMaria", r"\"B\" O")), ["Anna\nMaria", '"B" O'], id="quoted-and-a-code"),
        pytest.param(_quoted((r"\N", r"\"B\" Okafor\\"), end="\r\n"), ["", '"B" Okafor\\'], id="quoted-at-the-ends"),
        pytest.param(
            _bare(",", (r"\N", "Okafor"), (r'"Ben \"B\" O"', r'"Ana\\"')), ["", "Okafor"], id="quoted-where-needed"
        ),
    ],
)
def test_codes_are_found_out(tmp_path: Path, text: str, names: list[str]) -> None:
    """By what stands behind backslashes, and between which delimiters."""
    table = open_table(write_csv(tmp_path / "a.txt", text))
    assert table.detected.escape == CODES
    second = cells_of(table)[1]
    assert [second["first_name"], second["last_name"]] == names


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_bare("\t", ("Ben\\", "Okafor")), id="a-name-ends-in-one"),
        pytest.param(_bare("\t", ("Ben", "Okafor\\"), ("Cleo", "Reyes")), id="a-last-name-ends-in-one"),
        pytest.param(_bare("\t", (r"C:\new\table", "Okafor")), id="a-path-of-codes"),
        pytest.param(_bare("\t", (r"C:\Nina", r"\N")), id="a-path-beside-nothing"),
        pytest.param(_bare("\t", (r"\\server\new", r"\N")), id="a-host"),
        pytest.param(_bare("\t", (r"FIRM\nina", "Okafor")), id="a-login"),
        pytest.param(_bare("\t", (r"Ren\u00e9", r"\N")), id="another-code"),
        pytest.param(_bare("\t", (r"\N", "Okafor"), (r"Ana\Ben", "Okafor")), id="a-backslash-before-a-letter"),
        pytest.param(_bare("\t", (r"O\'Neil", "Okafor")), id="an-apostrophe-alone"),
        pytest.param(_bare(",", (r"\N", "Okafor")), id="nothing-between-commas"),
        pytest.param(_bare("\t", ('"Ben"', r"\N")), id="nothing-beside-quotes"),
        pytest.param(_quoted(("Ben\\", "Okafor"), ("Cleo", "Reyes")), id="a-quoted-name-ends-in-one"),
        pytest.param(_quoted((r"\N", "Okafor"), ("Salcedo\\Ruiz", 'Ben ""B"" O')), id="quoted-and-doubled"),
        pytest.param(_quoted((r"\N", r"Salcedo\\Ruiz"), ("Cleo", 'Ben ""B"" O')), id="doubled-quotes"),
        pytest.param(_quoted((r"\N", r"C:\new")), id="a-quoted-path"),
        pytest.param(_quoted((r"Anna\nMaria", "Okafor")), id="a-code-among-quotes"),
        pytest.param(_quoted((r"Anna\nMaria", "Okafor\\"), ("Cleo", "Reyes")), id="a-code-and-a-backslash-at-an-end"),
        pytest.param(_quoted((r"\N", "Okafor")), id="nothing-among-quotes"),
    ],
)
def test_what_is_not_certain_stays_text(tmp_path: Path, text: str) -> None:
    """A backslash is text where it may be."""
    table = open_table(write_csv(tmp_path / "a.txt", text))
    assert table.detected.escape != CODES
    assert [cells["first_name"] for cells in cells_of(table)][:1] == ["Ana"]
    assert len(cells_of(table)) == text.count("@")


@pytest.mark.parametrize("name", [r"\N", r"Anna\nMaria", "Anna\\\nMaria", r"Salcedo\\Ruiz"])
@pytest.mark.parametrize("above", [300, 4_000])
def test_codes_are_found_out_wherever_they_stand(tmp_path: Path, name: str, above: int) -> None:
    """A long file may have the first one far down."""
    plain = [("Ben", "Okafor")] * above
    table = open_table(write_csv(tmp_path / "a.txt", _bare("\t", *plain, (name, "Okafor"), *plain, ("Cleo", "Okafor"))))
    assert table.detected.escape == CODES
    found = cells_of(table)[above + 1]["first_name"]
    assert found == {r"\N": "", r"Anna\nMaria": "Anna\nMaria", r"Salcedo\\Ruiz": r"Salcedo\Ruiz"}.get(
        name, "Anna\nMaria"
    )


def test_a_path_far_down_is_text_and_so_are_all_backslashes(tmp_path: Path) -> None:
    """A file with codes would have doubled its backslash."""
    plain = [("Ben", "Okafor")] * 4_000
    text = _bare("\t", (r"\N", "Okafor"), *plain, (r"C:\new", "Okafor"))
    assert open_table(write_csv(tmp_path / "a.txt", text)).detected.escape == ""


@pytest.mark.parametrize("quoted", ['"Bob"', '"Bob Junior"'])
def test_a_name_in_quotation_marks_that_needs_none_hides_no_codes(tmp_path: Path, quoted: str) -> None:
    """In text without quotes they are a part of it; but one sign for nothing is too little to know that."""
    table = open_table(write_csv(tmp_path / "a.txt", _bare("\t", (quoted, r"Salcedo\\Ruiz"), ("Cleo", r"\N"))))
    assert (table.detected.quote, table.detected.escape) == ("", CODES)
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "other_quotes")]


@pytest.mark.parametrize("reading", [Reading(escape="\\", quote=""), Reading(escape="\\"), Reading(quote="")])
def test_codes_are_found_out_where_a_part_is_said(tmp_path: Path, reading: Reading) -> None:
    """That the backslash is the escape, or that nothing quotes, is no less true for it."""
    text = _bare("\t", (r"\N", r"Anna\nMaria"))
    table = open_table(write_csv(tmp_path / "a.txt", text), reading)
    assert cells_of(table)[1]["last_name"] == "Anna\nMaria"


def test_no_escape_is_no_codes(tmp_path: Path) -> None:
    """Where somebody has said so."""
    table = open_table(write_csv(tmp_path / "a.txt", _bare("\t", (r"\N", r"Anna\nMaria"))), Reading(escape=""))
    assert cells_of(table)[1]["last_name"] == r"Anna\nMaria"


def test_one_sign_for_nothing_does_not_change_how_the_rest_is_read(tmp_path: Path) -> None:
    """With it and without it, quotation marks have backslashes before them."""
    names = [(r"Ben \"B\" O", r"Ana\\"), ("Cleo", "Reyes")]
    for index, more in enumerate([[], [(r"\N", "Reyes")]]):
        table = open_table(write_csv(tmp_path / f"{index}.csv", _quoted(*names, *more)))
        second = cells_of(table)[1]
        assert (second["first_name"], second["last_name"]) == ('Ben "B" O', "Ana\\")
