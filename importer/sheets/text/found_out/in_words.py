"""What was found out about a file of delimited text, in the words of the reports."""

from __future__ import annotations

from importer.model.source import Detected
from importer.sheets.header.layout import Layout
from importer.sheets.reading import CODES
from importer.sheets.text.found_out.codec import usual_name
from importer.sheets.text.found_out.dialect import Dialect


def detected(dialect: Dialect, layout: Layout | None = None) -> Detected:
    """Return what was found out about a file, in the words of the reports."""
    columns = layout.columns if layout else {}
    return Detected(
        format="csv",
        encoding=usual_name(dialect.encoding.codec),
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=CODES if dialect.codes else dialect.escape,
        header_row=layout.number if layout else None,
        columns={field.value: column.header for field, column in columns.items()},
        notes=(*dialect.encoding.notes, *(layout.notes if layout else ())),
    )
