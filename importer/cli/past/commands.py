"""The commands about past runs: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command
from importer.cli.completing import candidates

HISTORY: Final = Command(
    "importer.cli.past.history",
    summary="List past runs, the newest first.",
    text="""List past runs, the newest first: how far each is, and what became of its rows.""",
    takes=(
        click.option("-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="So many runs."),
        click.option("--all", "everything", is_flag=True, help="All runs."),
        click.option(
            "--html",
            type=options.PATH,
            metavar="FILE",
            help="Write a page of all runs, with links to their reports; an older one is replaced.",
        ),
        *options.STATE,
        options.JSON_LIST,
    ),
    epilog="""\b
        Examples:
          importer history
          importer history --json
          importer history --html runs.html
        """,
)

SHOW: Final = Command(
    "importer.cli.past.show",
    summary="Show one past run, and what can be done about it.",
    text="""Show a past run: what it was about, what became of its rows, and what can be done about them.

        Without RUN, the newest is shown; with ROW, only what is true of that row, and of a mismatch both values.
        """,
    takes=(
        click.argument("run", required=False, shell_complete=candidates.runs),
        click.argument("row", required=False, type=click.IntRange(min=1)),
        *options.STATE,
        options.JSON,
    ),
    epilog="""\b
        Examples:
          importer show              the newest run
          importer show k3f9abcd
          importer show k3f9 --json  the beginning of an id will do
          importer show k3f9 7       row 7 of it
        """,
)

FIND: Final = Command(
    "importer.cli.past.find",
    summary="Say what runs have done with a customer.",
    text="""Say whether a customer was changed, when, by which run, by which row of which file, and what the API said.

        All runs of the journal that have taken up the customer are listed, the newest first.
        """,
    takes=(
        click.argument("customer_id"),
        click.option("-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="So many rows."),
        click.option("--all", "everything", is_flag=True, help="All rows, and those of checks and dry runs too."),
        *options.STATE,
        options.JSON_CUSTOMER,
    ),
    epilog="""\b
        Examples:
          importer find 0b6e7f3a-1c2d-4e5f-8a9b-0c1d2e3f4a5b
          importer find 0B6E7F3A-1C2D-4E5F-8A9B-0C1D2E3F4A5B --all --json

        Rows that are invalid, hidden or settled are not known by their customers. Nothing is known by name or address.
        """,
)

BACKUP: Final = Command(
    "importer.cli.past.backup",
    summary="Copy the journal into a file, while runs go on.",
    text="""Copy the journal into FILE, and the key of its digests into FILE.key, for their owner only. Runs that are at
        work go on.
        """,
    takes=(
        click.argument("file", type=options.PATH),
        click.option("--force", is_flag=True, help="Replace an older backup."),
        click.option(
            "--without-key", is_flag=True, help="Leave the key of the digests out, where others may read the backup."
        ),
        *options.STATE,
        options.QUIET,
    ),
    epilog="""\b
        Examples:
          importer backup journal-backup.sqlite
          importer backup journal-backup.sqlite --force -q

        Not in it is what runs keep of people's data: an unfinished run cannot be resumed from it. docs/operating.md
        says how it is put back.
        """,
)

FORGET: Final = Command(
    "importer.cli.past.forget",
    summary="Erase what a run keeps of people's data.",
    text="""Erase what the run RUN keeps of people's data. An unfinished one cannot be resumed then, and one that has
        ended can only be retried from its source.
        """,
    takes=(
        click.argument("run", shell_complete=candidates.runs),
        *options.STATE,
    ),
    epilog="""\b
        Examples:
          importer forget k3f9abcd

        An unfinished run keeps a copy of its source and the values to be sent. When it ends, only the values of rows
        that may be tried again stay, until they are confirmed, and what the API answered of each mismatch. All goes by
        itself after 30 days (IMPORTER_KEEP_DAYS). What became of the rows stays in the journal.
        """,
)

PRUNE: Final = Command(
    "importer.cli.past.prune",
    summary="Let the rows of old runs go.",
    text="""Let go what the journal has of the rows of runs that ended long ago: what was sent, when, and what came of
        it. The line of a run stays in `importer history`, with its sums, and so does what was last confirmed of each
        customer. The reports are yours: they stay where they are, unless --reports is given.
        """,
    takes=(
        click.option("--dry-run", is_flag=True, help="Only say what would go."),
        click.option(
            "--reports",
            is_flag=True,
            help="Remove the reports of runs whose rows are gone, too, but for those in which somebody has changed"
            " something.",
        ),
        click.option(
            "--keep-runs-days",
            metavar="N",
            help="Keep the rows of runs for N days. [env: IMPORTER_KEEP_RUNS_DAYS; default: 400]",
        ),
        click.option(
            "--keep-checks-days",
            metavar="N",
            help="Keep those of checks and dry runs for N days. [env: IMPORTER_KEEP_CHECKS_DAYS; default: 30]",
        ),
        *options.STATE,
    ),
    epilog="""\b
        Examples:
          importer prune --dry-run
          importer prune --keep-runs-days 100
          importer prune --reports

        Runs do so by themselves as they begin, without --reports, for some seconds at a time. A run that can still be
        resumed keeps its rows, and so does each run after it: they tell what must not be sent any more.
        """,
)

COMMANDS: Final = (HISTORY, SHOW, FIND, BACKUP, FORGET, PRUNE)
