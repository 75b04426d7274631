"""What a file is encoded in, found from its bytes, and what becomes of rows with bytes that are no characters."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.csv_table import open_csv
from importer.sheets.text.found_out.encoding import BLOCK_BYTES, find_encoding
from tests.sheets.files import ANA, HEADER, annotate, cells_of, issues_of

TEXT = ",".join(HEADER) + "\n" + ",".join(ANA).replace("Ana", "José") + "\n"


def _found(path: Path, data: bytes, fallback: str = "windows-1252") -> str:
    path.write_bytes(data)
    return find_encoding(SourceFile(path, path.name), fallback).codec


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("start", ["\ufeff", ""], ids=["bom", "plain"])
def test_unicode_is_found_with_and_without_a_bom(tmp_path: Path, codec: str, start: str) -> None:
    """The rows are the same in all of them, and the report says which it was."""
    path = tmp_path / "a.csv"
    path.write_bytes((start + TEXT).encode(codec))
    table = open_table(path)
    assert cells_of(table)[0]["first_name"] == "José"
    assert table.detected.encoding == codec
    assert table.detected.notes == ()


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_short_and_foreign_text_without_a_bom_is_found_too(tmp_path: Path, codec: str) -> None:
    """A table in Greek has letters with a NUL byte only in its signs and numbers."""
    assert _found(tmp_path / "a", "a,b\n".encode(codec)) == codec
    assert _found(tmp_path / "a", ("\u0394\u03ae\u03bc\u03bf\u03c2,12\n" * 20).encode(codec)) == codec


def test_letters_with_a_nul_as_their_lower_byte_hide_nothing(tmp_path: Path) -> None:
    """Some accented letters are such."""
    text = TEXT.replace("José", "\u0100\u0200\u0100")
    assert _found(tmp_path / "a", text.encode("utf-16-le")) == "utf-16-le"


def test_half_a_unit_at_the_end_does_not_hide_what_the_file_is(tmp_path: Path) -> None:
    """It was cut off on its way: only its last row is not whole."""
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("utf-16-le") + ",".join(ANA).encode("utf-16-le")[:-1])
    assert [(issue.row, issue.code) for issue in issues_of(open_table(path))] == [(3, "undecodable_bytes")]


@pytest.mark.parametrize("damage", [b"\0", b"\0\0\0", b"a\0b\0c"])
def test_some_nul_bytes_make_no_utf16(tmp_path: Path, damage: bytes) -> None:
    """They are damage."""
    assert _found(tmp_path / "a", TEXT.encode() + damage + b"\n") == "utf-8"


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        pytest.param(b"plain", "utf-8", id="ascii"),
        pytest.param("é".encode(), "utf-8", id="valid"),
        pytest.param("José, Zoë".encode() + b"\xe9", "utf-8", id="clearly-more-valid"),
        pytest.param("é".encode() + b"\xe9", "cp1252", id="no-clear-evidence"),
        pytest.param(b"Jos\xe9", "cp1252", id="invalid"),
        pytest.param(b"", "utf-8", id="nothing"),
    ],
)
def test_trap_11_utf8_is_a_matter_of_evidence(tmp_path: Path, data: bytes, codec: str) -> None:
    """One bad byte must not mangle all the names that are right."""
    assert _found(tmp_path / "a", data) == codec


def test_the_whole_file_is_evidence(tmp_path: Path) -> None:
    """A single name with an accent far down decides, also where a block of reading ends in the middle of it."""
    filler = b"x" * (BLOCK_BYTES - 1)
    assert _found(tmp_path / "a", filler + b"\xe9 and so on") == "cp1252"
    assert _found(tmp_path / "a", filler + "é".encode()) == "utf-8"
    assert _found(tmp_path / "a", filler + "é".encode()[:1]) == "cp1252"


def test_a_bad_byte_in_utf8_makes_its_row_invalid_and_is_never_sent(tmp_path: Path) -> None:
    """The column is named, the report's notes say how many there are, and other names stay right."""
    path = tmp_path / "a.csv"
    path.write_bytes(
        TEXT.encode() * 1 + b"1,Jos\xe9,Zo\xc3\xab,a@b.c\n" + TEXT.encode().splitlines(keepends=True)[1] * 3
    )
    table = open_table(path)
    [issue] = issues_of(table)
    assert (issue.row, issue.code, issue.column) == (3, "undecodable_bytes", "First Name")
    assert "utf-8" in issue.message
    assert [row["first_name"] for row in cells_of(table)] == ["José", "Jos\\xe9", "José", "José", "José"]
    assert "1 bytes" in table.detected.notes[0]


def test_the_fallback_is_said_to_be_assumed(tmp_path: Path) -> None:
    """It is taken by its name, and a byte that it does not have makes its row invalid."""
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("windows-1252") + b"1,\x81,b,c@d.e\n")
    table = open_table(path)
    assert table.detected.encoding == "windows-1252"
    assert "windows-1252 is only assumed" in table.detected.notes[0]
    assert [(issue.row, issue.code, issue.column) for issue in issues_of(table)] == [
        (3, "undecodable_bytes", "First Name")
    ]
    assert cells_of(table)[0]["first_name"] == "José"


@pytest.mark.parametrize("codec", ["cp037", "cp500", "utf-7", "iso2022_jp", "utf-16-le"])
def test_an_encoding_that_does_not_extend_ascii_is_taken_at_its_word(tmp_path: Path, codec: str) -> None:
    """Many of its files are valid UTF-8 too, and other text."""
    name = "Ana" if codec == "iso2022_jp" else "José"
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.replace("José", name).encode(codec))
    table = open_csv(SourceFile(path, "a.csv"), Reading(encoding=codec))
    assert cells_of(table)[0]["first_name"] == name
    assert table.detected.notes == ()


def test_a_bom_decides_over_what_is_said(tmp_path: Path) -> None:
    """Nothing else begins so."""
    assert _found(tmp_path / "a", codecs.BOM_UTF8 + b"a", "cp037") == "utf-8"


@pytest.mark.parametrize(("codec", "said"), [("utf-16-be", "utf-16"), ("utf-16-le", "utf-16"), ("utf-32-be", "utf-32")])
def test_a_byte_order_that_is_not_said_is_found(tmp_path: Path, codec: str, said: str) -> None:
    """Without any sign it is that of most files, the lower byte first."""
    assert _found(tmp_path / "a", TEXT.encode(codec), said) == codec
    assert _found(tmp_path / "a", "名前".encode("utf-16-le"), "utf-16") == "utf-16-le"


def test_an_encoding_that_there_is_not_is_a_mistake_of_the_call(tmp_path: Path) -> None:
    """That is so for a file that would not need it, too."""
    with pytest.raises(SettingsError, match="no text encoding"):
        _found(tmp_path / "a", b"a", "latin-17")


@pytest.mark.parametrize(
    ("codec", "bom"), [("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"), ("utf-32-le", ""), ("utf-8", "\ufeff")]
)
def test_the_report_is_in_the_encoding_of_the_source(tmp_path: Path, codec: str, bom: str) -> None:
    """With its BOM, or without one."""
    source = tmp_path / "a.csv"
    source.write_bytes((bom + TEXT).encode(codec))
    written = annotate(source, tmp_path / "b.csv", message="Zoë").read_bytes().decode(codec)
    assert written.startswith(bom + "Customer ID,")
    assert written.endswith(",updated,2025-07-21T12:43:14Z,Zoë,,200,1\n")


def test_the_report_keeps_bytes_that_are_no_characters_and_transcribes_its_own_words(tmp_path: Path) -> None:
    """The source's fields are byte for byte what they were; a message has only characters that the encoding has."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode("windows-1252") + b"1,\x81,b,c@d.e\n")
    written = annotate(source, tmp_path / "b.csv", message="Łukasz\u2026").read_bytes()
    assert b"\n1,\x81,b,c@d.e,updated,2025-07-21T12:43:14Z,?ukasz\x85,,200,1\n" in written


def test_our_own_words_do_not_make_a_file_look_like_utf8(tmp_path: Path) -> None:
    """Mangled words of the API are evidence of UTF-8 in any other encoding, and would turn the source's names."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode("windows-1252"))
    report = annotate(source, tmp_path / "b.csv", message="JosÃ© ZoÃ«")
    assert b",JosA? ZoA?," in report.read_bytes()
    assert cells_of(open_table(report)) == cells_of(open_table(source))


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\r\n,"\0\ufeff'), max_size=9), max_size=5),
    codec=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]),
)
def test_any_names_are_read_in_every_unicode_encoding(tmp_path: Path, names: list[str], codec: str) -> None:
    """No BOM is needed where a table has its header and its ids."""
    path = tmp_path / "a.csv"
    rows = [",".join([ANA[0], name, "x", ANA[3]]) for name in names]
    path.write_bytes("\n".join([TEXT.strip(), *rows]).encode(codec))
    assert [row["first_name"] for row in cells_of(open_table(path))] == ["José", *names]
