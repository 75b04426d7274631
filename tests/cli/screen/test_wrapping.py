"""What is printed on a terminal breaks between words only, and a command in several lines is one for a shell."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import shlex
import struct
import subprocess
import termios

import click
import pytest

from importer.cli.screen.wrapping import laid_out, wide, width_of

WIDTHS = (40, 60, 80, 100, 120, 200)
TEXT = """
71 of 118 rows are confirmed. 47 need fixing, and none of them was sent to anybody.
It adds up: 71 updated + 47 invalid = 118 rows.
  12  "E-mail" has no @ sign. Put in a whole address, such as name@example.com. (rows 11, 20 and 10 more)
Source    changes.csv, sheet Changes, which was read from the first row to the last one
Error: There is no run k3f9. `importer history --all` lists the runs, and `importer show k3f9abcd` shows one."""
COMMAND = "importer run 'my folder/to fix.xlsx' --group-id 11111111-2222-4333-8444-555555555555 --map \"It's=email\""


@pytest.mark.parametrize("width", WIDTHS)
def test_lines_fit_and_no_word_is_broken(width: int) -> None:
    """Nothing is lost or added but line ends and what lines are set in."""
    laid = laid_out(TEXT, width)
    assert all(wide(line) <= width for line in laid.split("\n"))
    assert laid.split() == TEXT.split()
    assert laid_out(TEXT, None) == TEXT


def test_what_goes_on_stands_under_what_it_belongs_to() -> None:
    """Beside the number or the name in front of it."""
    assert laid_out("  12  It has no sign in it (row 3)", 24) == "  12  It has no sign in\n      it (row 3)"
    assert laid_out("Source  a file of many words", 22) == "Source  a file of many\n        words"
    assert laid_out("Rows to fix  a file of many words", 26) == "Rows to fix  a file of\n             many words"


def test_a_short_command_in_a_sentence_is_not_broken() -> None:
    """With what is in its quotation marks."""
    told = laid_out("There is none: `importer history --all` lists them, or importer show k3f9abcd shows it.", 34)
    assert "`importer history --all`" in told
    assert "importer show k3f9abcd" in told


def test_colours_take_no_room() -> None:
    """They are no letters."""
    text = " + ".join(click.style(word, fg="green") for word in ("one", "two", "three"))
    assert laid_out(text, 24) == text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sentence", ["", "  Fix 49 rows in to_fix.xlsx, then run it: "])
def test_a_command_can_be_typed_as_it_stands(width: int, sentence: str) -> None:
    """A shell reads the words that were meant, however many lines there are; quoted ones stay whole."""
    laid = laid_out(sentence + COMMAND, width)
    lines = laid.split("\n")
    begin = next(at for at, line in enumerate(lines) if "importer run" in line)
    command = "\n".join([lines[begin][lines[begin].index("importer") :], *lines[begin + 1 :]])
    typed = subprocess.run(
        ["/bin/sh", "-c", f'importer() {{ printf "%s\\n" "$@"; }}\n{command}'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert typed.stdout.splitlines() == shlex.split(COMMAND)[1:]
    assert all(wide(line) <= width for line in lines)


def test_a_path_that_is_longer_than_a_line_is_still_one_word() -> None:
    """For a shell, at least."""
    path = "/a/very/long/folder/with/a/name/that/does/not/fit/to_fix.xlsx"
    laid = laid_out(f"importer run {path}", 30)
    assert shlex.split(laid.replace("\\\n", "")) == ["importer", "run", path]
    assert all(wide(line) <= 30 for line in laid.split("\n"))


class _TerminalOf(io.StringIO):
    """A stream that says to be a terminal, of a size that nobody knows."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize(("told", "width"), [("", 80), ("60", 60), ("0", 80), ("wide", 80), ("5", 20)])
def test_a_terminal_of_unknown_size_is_as_wide_as_a_variable_says(
    told: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or as most are; a stream that is no terminal has no width."""
    monkeypatch.setenv("COLUMNS", told)
    assert width_of(_TerminalOf()) == width
    assert width_of(io.StringIO()) is None


def test_a_terminal_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was set when the window was wider does not make lines longer than it is now."""
    main, other = pty.openpty()
    try:
        with os.fdopen(other, "w") as terminal:
            fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
            monkeypatch.setenv("COLUMNS", "100")
            assert width_of(terminal) == 60
            monkeypatch.setenv("COLUMNS", "50")
            assert width_of(terminal) == 50
    finally:
        os.close(main)
