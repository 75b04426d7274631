"""Text in several looks, as the binary formats store it: where in it which font begins."""

from __future__ import annotations

from collections.abc import Container, Sequence


def is_struck(text: str, runs: Sequence[tuple[int, int]], struck: Container[int]) -> bool:
    """Return whether a piece of text that a person sees is struck through.

    Args:
        text: All of it.
        runs: Where fonts begin, in units of UTF-16, and which; what stands before the first is in the cell's own.
        struck: The fonts that strike text through.
    """
    if not any(font in struck for _, font in runs):
        return False
    units = text.encode("utf-16-le", errors="surrogatepass")
    ends = [*(begin for begin, _ in runs[1:]), len(units) // 2]
    pieces = [units[2 * begin : 2 * end] for (begin, font), end in zip(runs, ends, strict=True) if font in struck]
    return any(piece.decode("utf-16-le", errors="replace").strip() for piece in pieces)
