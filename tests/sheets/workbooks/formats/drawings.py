"""Tables as programs draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

BAR: Final = "\u2502" * 3
TOP: Final = "\u250c\u2500\u252c\u2510"
MIDDLE: Final = "\u251c\u2500\u253c\u2524"
BOTTOM: Final = "\u2514\u2500\u2534\u2518"
Rows = Sequence[Sequence[str]]


def widths(rows: Rows) -> list[int]:
    """Return how wide each column is."""
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def row(cells: Sequence[str], room: Sequence[int], signs: str = "|||", pad: str = " ") -> str:
    """Return a row; the signs are that before it, those between its cells and that behind it."""
    left, middle, right = (*signs,)
    return left + middle.join(f"{pad}{cell:<{width}}{pad}" for cell, width in zip(cells, room, strict=True)) + right


def rule(room: Sequence[int], signs: str, more: int = 2) -> str:
    """Return a rule; the signs are its first one, the one that is drawn, those between columns and the last one."""
    left, line, middle, right = (*signs,)
    return left + middle.join(line * (width + more) for width in room) + right


def framed(rows: Rows, top: str, below: str, bottom: str, bar: str = "|||", between: str = "") -> str:
    """Return a table in a frame, with rules between its rows where there is a sign for them."""
    room = widths(rows)
    header, *others = [row(cells, room, bar) for cells in rows]
    rules = f"\n{rule(room, between)}\n" if between else "\n"
    return "\n".join([rule(room, top), header, rule(room, below), rules.join(others), rule(room, bottom), ""])


def mysql(rows: Rows) -> str:
    """Return it as mysql does, and sqlite3 in its mode table."""
    return framed(rows, "+-++", "+-++", "+-++") + f"{len(rows) - 1} rows in set (0.00 sec)\n\n"


def grid(rows: Rows) -> str:
    """Return it as tabulate does, with rules between all rows."""
    return framed(rows, "+-++", "+=++", "+-++", between="+-++")


def box(rows: Rows) -> str:
    """Return it as sqlite3 does in its mode box, and psql with unicode lines."""
    return framed(rows, TOP, MIDDLE, BOTTOM, BAR)


def ruled_box(rows: Rows) -> str:
    """Return it as sqlite3 does where a cell has more than one line."""
    return framed(rows, TOP, MIDDLE, BOTTOM, BAR, between=MIDDLE)


def double_box(rows: Rows) -> str:
    """Return it with double lines."""
    return framed(
        rows, "\u2554\u2550\u2566\u2557", "\u2560\u2550\u256c\u2563", "\u255a\u2550\u2569\u255d", "\u2551" * 3
    )


def pretty(rows: Rows) -> str:
    """Return it as ClickHouse does, and rich: a heavy line below the names."""
    lines = framed(rows, "\u250f\u2501\u2533\u2513", "\u2521\u2501\u2547\u2529", BOTTOM, BAR).split("\n")
    return "\n".join([lines[0], lines[1].replace("\u2502", "\u2503"), *lines[2:]])


def compact(rows: Rows) -> str:
    """Return it as ClickHouse does by itself: the names are in the frame, and rows have numbers."""
    room = widths(rows)
    names = "\u252c".join("\u2500" + name.ljust(width + 1, "\u2500") for name, width in zip(rows[0], room, strict=True))
    lines = [f"{at}. {row(cells, room, BAR)}" for at, cells in enumerate(rows[1:], start=1)]
    bottom = rule(room, BOTTOM)
    return "\n".join([f"   \u250c{names}\u2510", *lines, f"   {bottom}", ""])


def duckdb(rows: Rows, footer: str = "") -> str:
    """Return it as DuckDB does: types stand below the names."""
    room = widths(rows)
    types = row(["varchar"] * len(room), room, BAR)
    lines = box(rows).split("\n")
    end = [rule(room, "\u251c\u2500\u2534\u2524"), f"\u2502 {footer} \u2502"] if footer else []
    return "\n".join([*lines[:2], types, *lines[2:-2], *end, *lines[-2:]])


def polars(rows: Rows) -> str:
    """Return it as polars does: a type below each name, and dotted lines between columns."""
    room, bar = widths(rows), "\u2502\u2506\u2502"
    names = [row(cells, room, bar) for cells in (rows[0], ["---"] * len(room), ["str"] * len(room))]
    lines = [row(cells, room, bar) for cells in rows[1:]]
    top, below, bottom = (TOP, "\u255e\u2550\u256a\u2561", BOTTOM)
    shape = f"shape: ({len(rows) - 1}, {len(room)})"
    return "\n".join([shape, rule(room, top), *names, rule(room, below), *lines, rule(room, bottom), ""])


def spark(rows: Rows) -> str:
    """Return it as Spark does: without blanks around cells, which stand at the right."""
    room = widths(rows)
    lines = [f"|{'|'.join(f'{cell:>{width}}' for cell, width in zip(cells, room, strict=True))}|" for cells in rows]
    line = rule(room, "+-++", 0)
    return "\n".join([line, lines[0], line, *lines[1:], line, "", ""])


def psql(rows: Rows) -> str:
    """Return it as psql does by itself."""
    room = widths(rows)
    bare = [" " + " | ".join(f"{cell:<{width}}" for cell, width in zip(cells, room, strict=True)) for cells in rows]
    dashes = "+".join("-" * (width + 2) for width in room)
    return "\n".join([bare[0], dashes, *(line.rstrip(" ") for line in bare[1:]), f"({len(rows) - 1} rows)", "", ""])


def markdown(rows: Rows) -> str:
    """Return it as Markdown, as sqlite3 and csvlook do."""
    room = widths(rows)
    lines = [row(cells, room) for cells in rows]
    return "\n".join([lines[0], f"| {' | '.join('-' * width for width in room)} |", *lines[1:], ""])


def bare_markdown(rows: Rows) -> str:
    """Return it as Markdown that somebody has typed."""
    lines = [f"|{'|'.join(cells)}|" for cells in rows]
    return "\n".join([lines[0], "|:--|---|:-:|--:|", *lines[1:], ""])


def fixed(rows: Rows, gap: str = " ", line: str = "-") -> str:
    """Return it in columns of a fixed width below a rule, as sqlcmd does."""
    room = widths(rows)
    lines = [gap.join(f"{cell:<{width}}" for cell, width in zip(cells, room, strict=True)) for cells in rows]
    rules = gap.join(line * width for width in room)
    return "\r\n".join([lines[0], rules, *lines[1:], "", f"({len(rows) - 1} rows affected)", ""])


def column_mode(rows: Rows) -> str:
    """Return it as sqlite3 does in its mode column."""
    return "\n".join(fixed(rows, "  ").split("\r\n")[:-3]) + "\n"


def restructured(rows: Rows) -> str:
    """Return it between three rules of equal signs."""
    lines = fixed(rows, "  ", "=").split("\r\n")[:-3]
    return "\n".join([lines[1], *lines, lines[1], ""])


def opprint(rows: Rows) -> str:
    """Return it as Miller does: no rule, and cells at the left."""
    room = widths(rows)
    lines = [" ".join(f"{cell:<{width}}" for cell, width in zip(cells, room, strict=True)) for cells in rows]
    return "\n".join([*(line.rstrip(" ") for line in lines), ""])


def pandas(rows: Rows) -> str:
    """Return it as pandas prints a frame: no rule, a number before each row, and cells at the right."""
    room = widths(rows)
    lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(cells, room, strict=True)) for cells in rows]
    return "\n".join([f"   {lines[0]}", *(f"{at}  {line}" for at, line in enumerate(lines[1:])), ""])


def unnumbered(rows: Rows) -> str:
    """Return it as pandas prints a frame without its index."""
    return "\n".join(line[2:] for line in pandas(rows).split("\n"))


WRITERS: Final[Mapping[str, Callable[[Rows], str]]] = {
    writer.__name__: writer
    for writer in (
        mysql, grid, box, ruled_box, double_box, pretty, compact, duckdb, polars, spark, psql, markdown, bare_markdown,
        fixed, column_mode, restructured, opprint, pandas, unnumbered,
    )
}  # fmt: skip
