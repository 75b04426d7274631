"""The manual pages in docs/man, made from the help: `python -m tests.help_texts` (`make help-texts`) writes them anew.

They say what help says, in its words and its order; wheels put them where `man` finds them. Each has the day on which
what it says was last changed.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Final

import click

from importer import __version__
from importer.cli.main import group

FOLDER: Final = Path(__file__).parent.parent / "docs" / "man"
_NAME: Final = "importer"
_WIDTH: Final = 78
_SIGNS: Final = {
    "\\": "\\e",
    "-": "\\-",
    "'": "\\(aq",
    '"': "\\(dq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    "…": "...",
}
"""What roff would take for something else, or show as another sign: commands can be copied from a page."""
_WHOLE_WORDS: Final = (".nh", ".ad l")
"""Nothing is hyphenated: names of commands and variables would be."""
_TITLE: Final = re.compile(r"^\.TH .*$", re.MULTILINE)
_EXIT_CODE: Final = "The exit code"


def write_pages(today: str) -> None:
    """Write all pages, and remove those of commands that are no more; one that says the same stays as it is.

    Args:
        today: The date, as `2026-11-29`.
    """
    FOLDER.mkdir(exist_ok=True)
    pages = {FOLDER / name: text for name, text in made(today).items()}
    for path in set(FOLDER.glob("*.1")) - pages.keys():
        path.unlink()
    for path, text in pages.items():
        if not path.exists() or undated(path.read_text("utf-8")) != undated(text):
            path.write_text(text, "utf-8")


def made(today: str) -> Mapping[str, str]:
    """Return each page by the name of its file."""
    pages = dict(_pages(click.Context(group, info_name=_NAME, **group.context_settings)))
    return {f"{name}.1": "\n".join(_page(context, today, list(pages))) + "\n" for name, context in pages.items()}


def undated(page: str) -> str:
    """Return a page without its day."""
    return _TITLE.sub("", page)


def _pages(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    yield context.command_path.replace(" ", "-"), context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None and not command.hidden:
                yield from _pages(click.Context(command, info_name=name, parent=context))


def _page(context: click.Context, today: str, names: list[str]) -> Iterator[str]:
    command, name = context.command, context.command_path.replace(" ", "-")
    yield f'.TH {_plain(name.upper())} 1 "{today}" "{_NAME} {__version__}" "{_NAME}"'
    yield from _WHOLE_WORDS
    yield ".SH NAME"
    yield f"{_plain(name)} \\- {_plain(command.get_short_help_str(200).rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield " ".join([f"\\fB{_plain(context.command_path)}\\fR", *map(_piece, command.collect_usage_pieces(context))])
    yield ".SH DESCRIPTION"
    yield from _paragraphs(cleandoc(command.help or ""))
    if isinstance(command, click.Group):
        yield ".SH COMMANDS"
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            if below is not None and not below.hidden:
                yield from _entry(f"\\fB{_plain(each)}\\fR", below.get_short_help_str(200))
    yield ".SH OPTIONS"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield from _entry(_option(record[0]), record[1])
    yield from _epilog(cleandoc(command.epilog or ""))
    above = context.parent
    others = [above.command_path.replace(" ", "-")] if above else [other for other in names if other != name]
    yield ".SH SEE ALSO"
    yield ",\n".join(f"\\fB{_plain(other)}\\fR(1)" for other in others)


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.replace("\b\n", ""))):
        if number:
            yield ".PP"
        yield from _filled(paragraph)


def _epilog(text: str) -> Iterator[str]:
    """Yield the examples as they stand, what is said of exit codes, and the rest."""
    parts = [part for part in re.split(r"\n\s*\n", text.replace("\b\n", "")) if part.strip()]
    examples = [part for part in parts if part.lstrip().startswith("Examples:")]
    codes = [part for part in parts if part.lstrip().startswith(_EXIT_CODE)]
    rest = [part for part in parts if part not in examples and part not in codes]
    for example in examples:
        yield ".SH EXAMPLES"
        yield ".nf"
        for line in textwrap.dedent(example.partition("\n")[2]).splitlines():
            yield _guarded(_plain(line))
        yield ".fi"
    for title, told in (("EXIT STATUS", codes), ("NOTES", rest)):
        if told:
            yield f".SH {title}"
            yield from _paragraphs("\n\n".join(told))


def _entry(term: str, told: str) -> Iterator[str]:
    yield ".TP"
    yield term
    yield from _filled(told)


def _filled(text: str) -> Iterator[str]:
    lines = textwrap.wrap(_plain(" ".join(text.split())), _WIDTH, break_long_words=False, break_on_hyphens=False)
    yield from map(_guarded, lines)


def _guarded(line: str) -> str:
    return f"\\&{line}" if line.startswith((".", "'")) else line


def _plain(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in text)


def _option(text: str) -> str:
    """Return the names of an option in bold, and what stands for its value in italics."""
    words = re.split(r"(, | / | )", text)
    return "".join(
        word if not word.strip(" ,/") else f"\\fB{_plain(word)}\\fR" if word.startswith("-") else _value(word)
        for word in words
    )


def _piece(text: str) -> str:
    return _plain(text) if text.startswith("[OPTIONS]") else _value(text)


def _value(text: str) -> str:
    return f"\\fI{_plain(text)}\\fR"


def today() -> str:
    """Return the date."""
    return datetime.now(UTC).date().isoformat()
