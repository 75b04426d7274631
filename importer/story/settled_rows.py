"""Rows of a sheet of rows to fix that a person has marked as settled: they are not sent, and need nothing any more."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from importer.checks.checker import Checked
from importer.checks.codes import Code
from importer.journal.origins import Origins
from importer.model.rows import Issue, Update
from importer.model.settled_marks import says_settled
from importer.model.source import MASKS, SETTLED_COLUMN, TARGET_FIELDS, Origin
from importer.sheets.table import Chunk

_SENTENCE: Final = "Marked as settled in the sheet, and not sent"
_UNKNOWN: Final = (
    f"{_SENTENCE}. What this row was before is not known here, so nobody can say whether its values were changed"
)
_CHANGED: Final = (
    f'This row is marked under "{SETTLED_COLUMN}", but it is not as it was in the run that it is from: it may be meant'
    " to be sent. Clear the mark to send it as it is now; to have it settled, leave the mark and clear the cell under"
    " error_code."
)
_UNCLEAR: Final = (
    f'What stands under "{SETTLED_COLUMN}" says neither yes nor no. Put an x there where the row needs nothing any'
    " more; clear the cell to send it."
)


class SettledRows:
    """Takes the rows out of what was checked that a person has marked as settled.

    Args:
        origins: Know what rows were in the runs that they come from.
    """

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    def apart(
        self, checked: Checked, origins: Sequence[Origin], given: Mapping[int, str]
    ) -> tuple[Checked, Mapping[int, str]]:
        """Return what was checked without the settled rows, and these, each with its message.

        A row that is marked and was changed, or whose mark says neither yes nor no, is neither sent nor settled: it has
        an issue. Where nobody can know whether it was changed, the mark holds, and the message says so.

        Args:
            checked: What became of the rows of a chunk.
            origins: Where these rows come from.
            given: By their numbers, marked rows as they were read; those that are left out are not in it.
        """
        marked = [origin for origin in origins if origin.settled and origin.row in given]
        if not marked:
            return checked, {}
        updates = {update.row: update for update in checked.updates}
        settled: dict[int, str] = {}
        issues: list[Issue] = []
        for origin in marked:
            verdict = self._verdict(origin, updates.get(origin.row), given[origin.row])
            if isinstance(verdict, Issue):
                issues.append(verdict)
            elif verdict:
                settled[origin.row] = verdict
        return _without(checked, settled, issues), settled

    def _verdict(self, origin: Origin, update: Update | None, given: str) -> str | Issue:
        """Return the message of a settled row, "" for one that is not settled, or why it cannot be said."""
        is_settled = says_settled(origin.settled)
        if not is_settled:
            unclear = Issue(origin.row, Code.UNCLEAR_SETTLED, SETTLED_COLUMN, _UNCLEAR)
            return "" if is_settled is False else unclear
        is_masked = any(mask in given for mask in MASKS)
        own = [field for field in TARGET_FIELDS if f"\n{field}=" in f"\n{given}"]
        changed = None if is_masked else self._origins.is_changed(origin, update, given, own)
        stands = Code.SETTLED_AND_CHANGED in origin.codes.split(", ")
        if origin.codes and (changed or stands):
            return Issue(origin.row, Code.SETTLED_AND_CHANGED, SETTLED_COLUMN, _CHANGED)
        return _UNKNOWN if changed is None else _SENTENCE


def given_texts(chunk: Chunk, rows: set[int]) -> Iterator[tuple[int, str]]:
    """Yield rows as they were read: what stands in the columns of the fields, as one text, by their numbers.

    White space that programs add and take away makes no difference, nor does the form of a letter in Unicode.
    """
    if not rows:
        return
    frame = chunk.frame[chunk.frame.index.isin(rows)]
    names = [str(name) for name in frame.columns]
    for row, *cells in zip(frame.index.tolist(), *(frame[name].tolist() for name in names), strict=True):
        if not any(cells):
            yield row, ""
            continue
        pairs = ((name, " ".join(cell.split())) for name, cell in zip(names, cells, strict=True))
        text = "\n".join(f"{name}={cell}" for name, cell in sorted(pairs) if cell)
        yield row, unicodedata.normalize("NFC", text)


def _without(checked: Checked, settled: Mapping[int, str], issues: Sequence[Issue]) -> Checked:
    """Return what was checked without settled rows, and with issues that rows have beside what was found."""
    refused = {issue.row for issue in issues}
    gone = settled.keys() | refused
    return replace(
        checked,
        updates=tuple(update for update in checked.updates if update.row not in gone),
        issues=tuple(
            sorted(
                [*(issue for issue in checked.issues if issue.row not in settled), *issues],
                key=lambda issue: issue.row,
            )
        ),
        warnings=tuple(warning for warning in checked.warnings if warning.row not in settled),
        defaulted={field: [row for row in rows if row not in gone] for field, rows in checked.defaulted.items()},
    )
