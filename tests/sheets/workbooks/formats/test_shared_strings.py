"""The shared strings of a workbook, many at a time and one by one."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Doubt, Doubtful
from importer.sheets.workbooks.formats.xlsx.shared_strings import read_shared_strings
from importer.sheets.workbooks.package.archive import Archive
from tests.sheets.files import write_package
from tests.sheets.workbooks.parser.bombs import STRINGS

USUAL = (
    ("<si><t>a</t></si>", "a"),
    ('<si><t xml:space="preserve"> b </t></si>', " b "),
    ("<si><t>c &amp; &#100;</t></si>", "c & d"),
    ("<si><t>_x0041_</t></si>", "A"),
    ("<si><t></t></si>", ""),
    ("<si><t>x\r\ny</t></si>", "x\ny"),
)
UNUSUAL = (
    ("\n<si><t>f</t></si>", "f"),
    ("<si><t/></si>", ""),
    ("<si><r><t>g</t></r><r><t>h</t></r></si>", "gh"),
    ("<si><r><rPr><strike/></rPr><t>i</t></r></si>", Doubtful("i", Doubt.STRUCK)),
    ("<si>\n<t>j</t>\n</si>", "j"),
    ("<si><t>k</t><rPh><t>spoken</t></rPh></si>", "k"),
)


def strings_of(path: Path, text: str) -> list[str | Doubtful]:
    """Return the strings of a part of the text."""
    part = f'<?xml version="1.0"?><sst xmlns="m">{text}</sst>'
    file = write_package(path, "", parts={STRINGS: part})
    with Archive(SourceFile(file, "a.xlsx")) as archive:
        return read_shared_strings(archive, STRINGS)


def test_usual_strings_are_what_is_written(tmp_path: Path) -> None:
    """With their spaces, entities, codes and line ends; an empty one keeps its place."""
    assert strings_of(tmp_path / "a.xlsx", "".join(text for text, _ in USUAL)) == [string for _, string in USUAL]


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_others_among_them_keep_their_places(tmp_path: Path, unusual: tuple[str, str | Doubtful]) -> None:
    """Wherever one of another kind stands, all have the numbers by which cells name them."""
    for at in range(len(USUAL) + 1):
        strings = [*USUAL[:at], unusual, *USUAL[at:]]
        found = strings_of(tmp_path / f"{at}.xlsx", "".join(text for text, _ in strings))
        assert found == [string for _, string in strings]


def test_strings_over_several_blocks_keep_their_places(tmp_path: Path) -> None:
    """Two megabytes of them, with one of another kind in the middle."""
    strings = [
        *itertools.islice(itertools.cycle(USUAL), 60_000),
        UNUSUAL[2],
        *itertools.islice(itertools.cycle(USUAL), 60_000),
    ]
    found = strings_of(tmp_path / "a.xlsx", "".join(text for text, _ in strings))
    assert found == [string for _, string in strings]


@pytest.mark.parametrize("text", ["<si><t>&b;</t></si>", "<si><t>a</si></t>", "<si><t>a\x01</t></si>"])
def test_what_is_no_xml_is_refused(tmp_path: Path, text: str) -> None:
    """Many at a time, as the parser does."""
    with pytest.raises(SourceError):
        strings_of(tmp_path / "a.xlsx", USUAL[0][0] + text + USUAL[1][0])
