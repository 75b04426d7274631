"""A command that is declared here and done elsewhere, so that `--help` answers at once."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import click

from importer.cli.usage import too_many

CONFIG: Final = "importer.config"
"""Under this name, commands find the settings file that was named before them."""
Addition = Callable[[Any], Any]
"""Adds an option or an argument to a command, as click's decorators do."""


class Command(click.Command):
    """What a command can be given, and what its help says; what it does is a module that is called like it.

    The module is imported when the command is really called, and not before: it may need whatever is heavy at its
    top. It has a function of its own name, which is called with what was given (see `gathered`) and returns the exit
    code, or nothing.

    Args:
        module: The module, from the root on. Its last name is the command's.
        summary: What it does, for the list of all commands.
        text: The same, for its own help.
        takes: Its arguments and options, in the order in which help shows them.
        epilog: What help says last.
    """

    def __init__(self, module: str, *, summary: str, text: str, takes: Iterable[Addition], epilog: str) -> None:
        self.module = module
        name = module.rpartition(".")[2].replace("_", "-")
        super().__init__(name, callback=self._perform, help=text, short_help=summary, epilog=epilog)
        for add in takes:
            add(self)

    def body(self) -> Callable[..., int | None]:
        """Import the module, and return its function."""
        with _nothing_to_collect():
            module = importlib.import_module(self.module)
        function: Callable[..., int | None] = getattr(module, self.module.rpartition(".")[2])
        return function

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments apart, and say what may be meant by those that are too many."""
        ctx.allow_extra_args = True
        super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            raise too_many(ctx, ctx.params.get("source"), ctx.args)
        return ctx.args

    def _perform(self, **options: object) -> int | None:
        body = self.body()
        config = click.get_current_context().meta.get(CONFIG)
        return body(**gathered(body, options, around={"config": config}))


class CommandGroup(click.Group):
    """Commands that have a name together, such as `config show`; help lists them in the order of their declaration."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature of click
        """Return the commands' names."""
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments apart; without any, it is the help that is asked for."""
        return super().parse_args(ctx, args or ["--help"])

    def leaves(self) -> Sequence[Command]:
        """Return the commands."""
        return [command for command in self.commands.values() if isinstance(command, Command)]


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Look for no cycles in the block, and never among what is made in it: modules stay as long as the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def gathered(
    body: Callable[..., object], options: Mapping[str, object], around: Mapping[str, object] = MappingProxyType({})
) -> dict[str, object]:
    """Return what was said as a function takes it: each option as it is, or as a field of a value.

    A parameter whose type is a dataclass, such as `Given`, takes the options that the fields of that are named for;
    fields that no option is named for keep their default.

    Args:
        body: The function.
        options: What was given to the command.
        around: What was given before the command, of which the function takes what it needs.
    """
    hints = get_type_hints(body)
    remaining = dict(options) | {name: value for name, value in around.items() if name in hints}
    values = {
        name: kind(
            **{
                field.name: remaining.pop(field.name) if field.name in remaining else around[field.name]
                for field in fields(kind)
                if field.name in remaining or field.name in around
            }
        )
        for name, kind in hints.items()
        if is_dataclass(kind) and isinstance(kind, type)
    }
    return remaining | values
