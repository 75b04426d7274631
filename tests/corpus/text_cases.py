"""What cases of delimited text have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.corpus.truth import Case, Row, Truth, Value


def text_case(
    name: str,
    made: str,
    data: bytes | str,
    rows: Sequence[Row],
    *,
    skipped: Mapping[str, int] | None = None,
    options: Mapping[str, Value] | None = None,
    **found: str | int,
) -> Case:
    """Return a case of delimited text; what is not said of it is as in the most usual dialect."""
    usual: dict[str, str | int] = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "quote": '"', "escape": ""}
    container = {"container": found.pop("container")} if "container" in found else {}
    all_found = {"format": "csv", **container, **usual, "header_row": 1, **found}
    truth = Truth(made=made, options=options or {}, found=all_found, skipped=skipped or {}, rows=rows)
    return Case(name, data.encode() if isinstance(data, str) else data, truth)


def refused_case(name: str, made: str, data: bytes | str, code: str, **options: Value) -> Case:
    """Return a case of a file that is refused with a code."""
    return Case(name, data.encode() if isinstance(data, str) else data, Truth(made=made, options=options, refused=code))


def lines(*records: Sequence[str], end: str = "\n") -> str:
    """Return records without any quotes as text."""
    return "".join(",".join(record) + end for record in records)
