"""Why delimited text is not read by pandas: what it makes of small files, beside what our own reader makes of them.

Each test is one reason, and fails once pandas does not give it any more: then the decision in
docs/decisions/sheets/text.md is to be looked at anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, write_csv

ANEW: Final = "pandas does not give this reason any more: look at docs/decisions/sheets/text.md anew"
HEAD: Final = ",".join(HEADER)


def _pandas(path: Path) -> pd.DataFrame:
    """Return a file as pandas reads it where everything is to stay the text that it is."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _codes(path: Path) -> list[str]:
    return [issue.code for issue in issues_of(open_table(path))]


def test_pandas_reads_a_name_of_its_own_behind_a_stray_quote(tmp_path: Path) -> None:
    """Programs differ in what they read there, so what a person sees is not certain; ours refuses the row."""
    path = write_csv(tmp_path / "a.csv", "\n".join([HEAD, f'{ANA[0]},"Ana" B,Reyes,{ANA[3]}', ""]))
    assert _pandas(path)["First Name"].tolist() == ["Ana B"], ANEW
    assert _codes(path) == ["stray_quote"]


def test_pandas_gives_up_a_file_for_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    """One row would cost all others; ours refuses that row, and goes on with the next line."""
    path = write_csv(tmp_path / "a.csv", "\n".join([HEAD, f'{ANA[0]},"Ana,Reyes,{ANA[3]}', ",".join(BEN), ""]))
    with pytest.raises(pd.errors.ParserError, match="inside string"):  # else look at docs/decisions/sheets/text.md anew
        _pandas(path)
    assert numbers_of(open_table(path)) == [2, 3]
    assert len(_codes(path)) == 1


def test_pandas_shifts_the_columns_where_all_rows_have_a_cell_more(tmp_path: Path) -> None:
    """The first one becomes the index, and every name stands under that of the next column."""
    path = write_csv(tmp_path / "a.csv", "\n".join([HEAD, ",".join([*ANA, "x"]), ",".join([*BEN, "y"]), ""]))
    assert _pandas(path)["First Name"].tolist() == ["Reyes", "Okafor"], ANEW
    assert set(_codes(path)) == {"wrong_field_count"}


def test_pandas_does_not_tell_a_short_row_from_one_with_blank_cells(tmp_path: Path) -> None:
    """A delimiter may be missing in the middle, and then each cell after it is another one's."""
    path = write_csv(tmp_path / "a.csv", "\n".join([HEAD, ",".join(BEN), f"{ANA[0]},Ana,Reyes", ""]))
    assert _pandas(path)["E-mail"].tolist() == [BEN[3], ""], ANEW
    assert _codes(path) == ["wrong_field_count"]


def test_pandas_does_not_tell_on_which_line_a_row_is(tmp_path: Path) -> None:
    """It counts what is not blank; a message names the line that a person looks for."""
    path = write_csv(tmp_path / "a.csv", "\n".join([HEAD, "", ",".join(ANA), "", ",".join(BEN), ""]))
    assert _pandas(path).index.tolist() == [0, 1], ANEW
    assert numbers_of(open_table(path)) == [3, 5]
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]
