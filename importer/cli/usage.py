"""Slips of a command line, told with what to type instead."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

import click

from importer.source_paths import is_file, shown_path

_MOST_NAMED: Final = 5
_MOST_WORDS: Final = 40
"""More are a pattern of the shell, and no path with blanks."""


class HelpfulUsageError(click.UsageError):
    """A mistake in the command line, with a sentence on what to type instead.

    Args:
        message: What is wrong.
        ctx: The command that was called.
        hint: What to do.
    """

    def __init__(self, message: str, ctx: click.Context, *, hint: str) -> None:
        super().__init__(message, ctx)
        self.hint = hint


def too_many(ctx: click.Context, source: Path | None, extra: Sequence[str]) -> HelpfulUsageError:
    """Return the error of words that a command has no use for.

    Args:
        ctx: The command that was called.
        source: The file that it was given, if it takes one.
        extra: What stands behind that.
    """
    message = f"Got unexpected extra argument{'s' * (len(extra) > 1)} ({' '.join(extra)})."
    if source is None:
        return HelpfulUsageError(message, ctx, hint=f"`{ctx.command_path} --help` says what there is.")
    words = [str(source), *extra]
    is_option = any(isinstance(each, click.Option) and each.name == "source" for each in ctx.command.params)
    call = "--source" if is_option else ctx.command_path
    if path := _in_pieces(words):
        return HelpfulUsageError(
            f"The path {path} has a blank in it, and a shell takes it for {path.count(' ') + 1} words.",
            ctx,
            hint=f"Put it into quotation marks: {call} {shown_path(path)}",
        )
    if not is_option and all(map(is_file, words)):
        return HelpfulUsageError(
            f"{len(words):,} files are given, and {ctx.command_path} takes one at a time.", ctx, hint=_loop(ctx, words)
        )
    quoted = shown_path(" ".join(words[:_MOST_WORDS]))
    return HelpfulUsageError(
        message,
        ctx,
        hint=f"One file at a time; a path with a blank in it needs quotation marks: {call} {quoted}",
    )


def forgotten_command(ctx: click.Context, path: str) -> HelpfulUsageError:
    """Return the error of a file that is given without a word on what to do with it."""
    shown = shown_path(path)
    return HelpfulUsageError(
        f"Nothing says what to do with {path}.",
        ctx,
        hint=f"To check it: {ctx.command_path} check {shown}. To send it: {ctx.command_path} run {shown}",
    )


def _in_pieces(words: Sequence[str]) -> str:
    """Return the file of whose path some neighbouring words are the pieces; "" for none."""
    if len(words) > _MOST_WORDS:
        return ""
    paths = (" ".join(words[start:end]) for start, end in combinations(range(len(words) + 1), 2) if end - start > 1)
    return max(filter(is_file, paths), key=len, default="")


def _loop(ctx: click.Context, files: Sequence[str]) -> str:
    """Return what a shell does with one of many files after the other."""
    if len(files) > _MOST_NAMED:
        names = _pattern(files)
    else:
        names = " ".join(shlex.quote(f"./{file}" if file.startswith("-") else file) for file in files)
    return f'One after the other: for file in {names}; do {ctx.command_path} "$file"; done'


def _pattern(files: Sequence[str]) -> str:
    """Return a pattern of the shell that fits many files: their folder, if it is one, and how they end."""
    folders = {str(Path(file).parent) for file in files}
    start = "" if folders == {"."} else f"{shlex.quote(folders.pop())}/" if len(folders) == 1 else "*/"
    ends = {Path(file).suffix for file in files}
    return f"{start}*{shlex.quote(ends.pop()) if len(ends) == 1 else ''}"
