"""Lines that name the type of each column, as databases and programs for data write them under a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.model.source import REQUIRED_FIELDS
from importer.sheets.header.layout import Layout
from importer.sheets.header.likeness import has_id

_WORDS: Final = (
    r"string|str|(?:tiny|medium|long|n|ci)?text|n?(?:var)?char2?|character(?: varying)?|bpchar|fixedstring|n?clob|chr"
    r"|utf-?8|uuid|guid|uniqueidentifier|fct|factor|object|category|symbol|enum\d*|set|any"
    r"|u?int(?:eger)?\d*|(?:big|small|tiny|medium|huge)int|byteint|long|short|[iu](?:8|16|32|64)|(?:big)?serial"
    r"|float\d*|f32|f64|double(?: precision)?|dbl|real|decimal\d*|numeric|number|num|money|bool(?:ean)?|lgl|logical|bit"
    r"|date\d*|datetime\d*|smalldatetime|dttm|time|timetz|timestamp(?:tz|_ntz|_ltz|_tz)?|interval|year"
    r"|jsonb?|variant|xml|hstore|array|list|map|tuple|struct|blob|bytea|bytes|(?:var)?binary|raw|oid|inet|ipv[46]"
)
_MORE: Final = (
    r"(?:\s*\([^()]*\))?(?:\s*\[[^\[\]]*\])*(?: with(?:out)? time zone)?(?: unsigned)?(?: (?:not )?null)?"
    r"(?: primary key)?"
)
_AROUND: Final = r"(?:nullable|lowcardinality|array|list|optional)\s*[(<\[].*[)>\]]"
_TYPE: Final = rf"(?is)(?:(?:{_WORDS}){_MORE}|{_AROUND}|<(?:{_WORDS})>)\??"


def is_line_of_types(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether a record names a type for each column of a customer, and has nothing else in it.

    Example: of a record of `UUID`, `Nullable(String)`, `String` and `varchar(255)` under the usual header it is `True`.

    Args:
        cells: Its cells, without the importer's own columns.
        layout: The table's header.
    """
    positions = [layout.columns[field].position for field in REQUIRED_FIELDS]
    if not all(at < len(cells) and re.fullmatch(_TYPE, cells[at].strip()) for at in positions):
        return False
    return not has_id(cells, layout) and all(re.fullmatch(_TYPE, cell.strip()) for cell in cells if cell.strip())
