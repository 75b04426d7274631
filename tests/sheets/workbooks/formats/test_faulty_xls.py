"""Workbooks of the old kind that xlrd gives up on, and spreadsheet programs do not."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.workbooks.formats.xls.ole import stream_in
from importer.sheets.workbooks.formats.xls.sound_parts import texts_of
from tests.corpus.make import FILES
from tests.sheets.files import ANA, HEADER, cells_of, issues_of, refusal
from tests.sheets.workbooks.formats.old_files import (
    with_longer_chain,
    with_longer_short_table,
    with_short_table,
    with_shorter_chain,
)
from tests.sheets.workbooks.formats.test_old_formats import biff5

SOUND = FILES / "libreoffice" / "names-of-all-kinds.xls"


def test_a_chain_of_sectors_may_go_on_after_the_stream_has_ended(tmp_path: Path) -> None:
    """How long the stream is says its entry, and that counts."""
    (tmp_path / "a.xls").write_bytes(with_longer_chain(SOUND.read_bytes()))
    assert cells_of(open_table(tmp_path / "a.xls")) == cells_of(open_table(SOUND))


def test_so_may_that_of_the_table_of_short_sectors(tmp_path: Path) -> None:
    """A small workbook is in such sectors."""
    small = FILES / "libreoffice" / "plain.xls"
    (tmp_path / "a.xls").write_bytes(with_longer_short_table(small.read_bytes()))
    assert cells_of(open_table(tmp_path / "a.xls")) == cells_of(open_table(small))


def test_a_stream_that_ends_early_is_damaged(tmp_path: Path) -> None:
    """Rows may be missing."""
    (tmp_path / "a.xls").write_bytes(with_shorter_chain(SOUND.read_bytes()))
    error = refusal(tmp_path / "a.xls")
    assert error.code == "damaged_workbook"
    assert "Excel and LibreOffice may still" in error.message
    assert "save it again" in error.hint


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain.xls", "names-of-all-kinds.xls"])
def test_a_damaged_container_has_a_whole_stream_or_none(tmp_path: Path, name: str) -> None:
    """Nothing in it is trusted: whatever is wrong in it, there is an end."""
    whole = (FILES / "libreoffice" / name).read_bytes()
    path, names = tmp_path / "a.xls", {"workbook"}
    path.write_bytes(whole)
    sound = stream_in(path, names)
    assert sound is not None
    for at in range(24, len(whole), 44):
        for value in (b"\xff\xff\xff\xff", b"\1\0\0\0", b"\0\0\0\0"):
            path.write_bytes(whole[:at] + value + whole[at + 4 :])
            found = stream_in(path, names)
            assert found is None or len(found) <= len(whole)
        path.write_bytes(whole[:at])
        assert stream_in(path, names) in {None, sound}


@pytest.mark.parametrize("by", [4, 40])
def test_texts_behind_the_end_of_their_table_cost_their_rows(tmp_path: Path, by: int) -> None:
    """All other rows are read, and the run says what is missing."""
    (tmp_path / "a.xls").write_bytes(with_short_table(SOUND.read_bytes(), by=by))
    table = open_table(tmp_path / "a.xls")
    rows, sound = cells_of(table), cells_of(open_table(SOUND))
    assert rows[0] == sound[0]
    assert [len(row) for row in rows] == [len(row) for row in sound]
    lost = [text for row in rows for text in row.values() if text == "\ufffd"]
    assert [text for row in rows for text in row.values() if text != "\ufffd"] == [
        text for row, whole in zip(rows, sound, strict=True) for name, text in whole.items() if row[name] != "\ufffd"
    ]
    assert lost
    assert f"{len(lost)} of its texts are missing" in " ".join(table.detected.notes)


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param(struct.pack("<BBBBB", 2, 0, 0, 3, 1), id="bytes"),
        pytest.param(struct.pack("<HHHHH", 2, 0, 0, 3, 1), id="words"),
        pytest.param(struct.pack("<HBBBB", 2, 0, 0, 3, 1), id="word-and-bytes"),
    ],
)
@pytest.mark.parametrize("struck", [False, True])
def test_text_in_several_looks_of_1995_is_read(tmp_path: Path, counts: bytes, *, struck: bool) -> None:
    """However its counts are written; a piece that is struck through is found."""
    email = ANA[3].encode()
    text = struct.pack("<HHHH", 1, 3, 0, len(email)) + email + counts
    fonts = b"".join(_font(struck=struck and at == 1) for at in range(2))
    data = biff5([HEADER, ANA[:3]], more=fonts, below=struct.pack("<HH", 0xD6, len(text)) + text)
    (tmp_path / "a.xls").write_bytes(data)
    table = open_table(tmp_path / "a.xls")
    assert [issue.code for issue in issues_of(table)] == (["struck_text"] if struck else [])
    assert [list(row.values())[:3] for row in cells_of(table)] == [ANA[:3]]


@pytest.mark.parametrize("counts", [b"", b"\2\0\3\0\0\0", b"\1\0\0\0\0"])
def test_text_whose_looks_cannot_be_read_is_not_guessed_at(tmp_path: Path, counts: bytes) -> None:
    """A piece of it may be struck through."""
    email = ANA[3].encode()
    text = struct.pack("<HHHH", 1, 3, 0, len(email)) + email + counts
    data = biff5([HEADER, ANA[:3]], below=struct.pack("<HH", 0xD6, len(text)) + text)
    (tmp_path / "a.xls").write_bytes(data)
    assert refusal(tmp_path / "a.xls").code == "damaged_workbook"


def _font(*, struck: bool) -> bytes:
    """Return a record of a font of Excel 5."""
    name = b"Arial"
    data = struct.pack("<HHHHHBBBBB", 200, 8 if struck else 0, 0x7FFF, 400, 0, 0, 0, 0, 0, len(name)) + name
    return struct.pack("<HH", 0x31, len(data)) + data


def _texts(*texts: bytes) -> bytes:
    """Return the beginning of a table of texts."""
    return struct.pack("<II", len(texts), len(texts)) + b"".join(texts)


def _text(text: str, *, looks: int = 0, spoken: int = 0) -> bytes:
    """Return a text of such a table in letters of two bytes, with its looks and how it is spoken."""
    head = struct.pack(
        "<HB", len(text.encode("utf-16-le", "surrogatepass")) // 2, 1 | 8 * bool(looks) | 4 * bool(spoken)
    )
    head += struct.pack("<H", looks) * bool(looks) + struct.pack("<I", spoken) * bool(spoken)
    runs = b"".join(struct.pack("<HH", at, 1) for at in range(looks))
    return head + text.encode("utf-16-le", "surrogatepass") + runs + bytes(spoken)


SPLIT = _texts(_text("a😀b"))


@pytest.mark.parametrize(
    ("records", "texts"),
    [
        pytest.param([SPLIT[:15], b"\1" + SPLIT[15:]], ["a😀b"], id="a-pair-over-two-records"),
        pytest.param([_texts(_text("a\ud83db"), _text("c"))], ["a\ufffdb", "c"], id="half-of-a-pair"),
        pytest.param(
            [_texts(_text("ab", looks=2), _text("\ud83d", spoken=6), _text("c"))], ["ab", "\ufffd", "c"], id="looks"
        ),
        pytest.param([_texts(_text("\ud83d"))[:-1], b"\0a"], ["a"], id="narrow-behind-wide"),
        pytest.param(
            [_texts(_text("ab", looks=2), _text("\ud83d"))[:-9], b"\1\0\1\0" + _text("\ud83d")], None, id="runs"
        ),
        pytest.param(
            [_texts(_text("ab", spoken=9), _text("\ud83d"))[:-10], bytes(5) + _text("\ud83d")], None, id="spoken"
        ),
    ],
)
def test_texts_that_xlrd_does_not_read_are_read(records: list[bytes], texts: list[str] | None) -> None:
    """Letters of two units over two records, halves of such, and what may be over two records behind a text."""
    found, runs, missing = texts_of(records, int.from_bytes(records[0][4:8], "little"))
    assert found == (["ab", "\ufffd"] if texts is None else texts)
    assert missing == 0
    assert all(run[1] == 1 for some in runs.values() for run in some)
