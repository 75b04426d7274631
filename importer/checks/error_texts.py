"""Text that is an error of a spreadsheet program: in text files it is all that is left of the error.

Source of the words: what Excel shows in the languages in which columns are known, and in Polish; the numbered ones are
LibreOffice's. Signs alone are what a program shows, and may save, where a column is too narrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from importer.model.rows import Issue
from importer.phrases import named

ERROR_CELL: Final = "error_cell"
"""The reader's code for a cell that is an error (`importer.sheets`): it is the same thing for a person."""

_WORDS: Final = (
    "DIV/0! N/A NAME? NULL! NUM! REF! VALUE! GETTING_DATA SPILL! CALC! FIELD! BLOCKED! CONNECT! UNKNOWN! BUSY! PYTHON! "
    "EXTERNAL! TIMEOUT! ERROR! CIRC! "
    "NV WERT! BEZUG! ZAHL! \u00dcBERLAUF! KALK! FELD! "  # German
    "VALEUR! NOM? NOMBRE! NUL! PROPAGATION! D\u00c9BORDEMENT! CHAMP! ERREUR! "  # French
    "\u00a1VALOR! \u00a1REF! \u00bfNOMBRE? \u00a1NUM! \u00a1NULO! \u00a1DIV/0! \u00a1CALC! \u00a1ERROR! "  # Spanish
    "VALORE! RIF! NOME? NULLO! N/D ESPANSIONE! ERRORE! "  # Italian
    "VALOR! N\u00daM! NULO! DESPEJAR! ERRO! "  # Portuguese
    "WAARDE! VERW! NAAM? GETAL! LEEG! DEEL/0! N/B OVERLOOP! FOUT! "  # Dutch
    "ARG! ADR! NAZWA? LICZBA! ZERO! PUSTE! DZIEL/0! N/D! "  # Polish
)
_KNOWN: Final = frozenset(f"#{word}".casefold() for word in _WORDS.split())
_FORM: Final = re.compile(
    r"#[\u00a1\u00bf]?[^\W\d_]{2}[\w ./-]{0,30}[!?]|#[^\W\d_]{2,}_[^\W\d]+"  # other words, in capitals
    r"|#{2,}"
    r"|(?:Err|Error|Erreur|Fehler|Erro|Errore|Fout|B\u0142\u0105d)\s?:\s?[0-9]{3}"
    r"|Loading(?:\.\.\.|\u2026)"  # Google Sheets
)
_BEGINS: Final = ("#", "Err", "Fehler:", "Fout:", "B\u0142\u0105d", "Loading")
_LONGEST: Final = 40


def is_error_text(cell: str) -> bool:
    """Return whether a cell is nothing but an error of a spreadsheet program.

    Example: `is_error_text("#BEZUG!")` is `True`.
    Example: `is_error_text("#1 Smith")` is `False`.
    """
    text = cell.strip()
    if not text.startswith(_BEGINS) or (len(text) > _LONGEST and text.strip("#")):
        return False
    is_of_form = _FORM.fullmatch(text) is not None and (text[0] != "#" or text == text.upper())
    return is_of_form or text.casefold() in _KNOWN


def error_texts(cells: Sequence[str], rows: Sequence[int], header: str) -> Iterator[Issue]:
    """Yield what is wrong with the cells of a column that are errors; they are looked at as one text first.

    Args:
        cells: The column's, as they are checked.
        rows: The numbers of their rows.
        header: Its name.
    """
    text = "\n".join(cells)
    if not any(begin[0] in text and begin in text for begin in _BEGINS):  # a sign alone is found much faster
        return
    why = (
        f"{named(header)} holds an error of a spreadsheet program, or the signs that it shows in a column that is too"
        " narrow. Put in the value itself."
    )
    for row, cell in zip(rows, cells, strict=True):
        if is_error_text(cell):
            yield Issue(row, ERROR_CELL, header, why)
