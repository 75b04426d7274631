"""All commands, in the order in which help lists them. Each room declares its own; the rest is declared here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command, CommandGroup
from importer.cli.config.commands import CONFIG
from importer.cli.ops import commands as ops
from importer.cli.past import commands as past
from importer.cli.runs import commands as runs

SANDBOX: Final = Command(
    "importer.cli.sandbox",
    summary="Serve the embedded API on a port until interrupted.",
    text="""Serve the Update Customer API on this machine; the base URL is the first line that is printed.

        It knows the customers of the SOURCEs; with none, it accepts any UUID.
        """,
    takes=(
        click.argument("sources", nargs=-1, type=options.PATH, metavar="[SOURCE]..."),
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="Where to listen; others can connect elsewhere."
        ),
        click.option("--port", type=int, default=0, metavar="N", help="Default: any free one, which is printed."),
        click.option("--db", type=options.PATH, metavar="FILE", help="Keep customers in a file, not in memory."),
        click.option(
            "--group-id", metavar="ID", help="The only group there is. Default: that of a source's rows, or any."
        ),
        click.option("--linked-account-id", metavar="ID", help="The only account there is. Default: any."),
        click.option("--latency", type=float, default=0.0, metavar="S", help="Seconds before each reply."),
        click.option(
            "--rate-limit", type=float, metavar="N", help="Answer 429 to more than so many requests per second."
        ),
        click.option(
            "--request-log",
            type=options.PATH,
            metavar="FILE",
            help="Append a JSON line for every request, as it was applied.",
        ),
        *options.TABLE,
        options.PROFILE,
    ),
    epilog="""\b
        Examples:
          importer sandbox changes.csv --port 8765
          importer sandbox crm.csv --map "Payments Customer ID=customer_id"
          importer sandbox --latency 0.1 --rate-limit 10 --request-log requests.jsonl

        Any key is accepted but `refused` (401) and `readonly` (403). An address decides on the reply, as magic cards do
        with payments: sandbox+400@..., +401, +403, +404, +429 (once), +500, +flaky (500 once), +503, +timeout, +reset,
        +mismatch, +html, each at any domain.
        """,
)

COMMANDS: Final[tuple[Command | CommandGroup, ...]] = (*runs.COMMANDS, *past.COMMANDS, *ops.COMMANDS, CONFIG, SANDBOX)
LEAVES: Final[Mapping[str, Command]] = {
    words: command
    for each in COMMANDS
    for words, command in (
        [(f"{each.name} {leaf.name}", leaf) for leaf in each.leaves()]
        if isinstance(each, CommandGroup)
        else [(f"{each.name}", each)]
    )
}
"""Each command that does something, by the words that call it."""
