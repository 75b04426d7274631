"""The commands that read a source, send it, or go on with a run: what each can be given, and what its help says."""

from __future__ import annotations

from typing import Final

import click

from importer.cli import options
from importer.cli.command import Command
from importer.cli.completing import candidates

RUN: Final = Command(
    "importer.cli.runs.run",
    summary="Send the changes of a sheet, and report what became of each row.",
    text="""Send one Update Customer request for each valid row of SOURCE, a CSV file or a workbook.

        The annotated sheet, every row of the source with its status, is written into a folder of the run's own.
        """,
    takes=(
        options.SOURCE,
        options.GROUP,
        options.ACCOUNT,
        options.BASE_URL,
        options.KEY_FILE,
        click.option("--sandbox", is_flag=True, help="Start the embedded API for this run, and send to that."),
        click.option("--dry-run", is_flag=True, help="Do everything but send."),
        options.OUTPUT,
        options.FORM,
        options.COLUMNS,
        options.REDACT,
        *options.READING,
        options.VISIBLE_ONLY,
        options.WARNINGS_AS_ERRORS,
        options.REFUSE_CUT_OFF,
        *options.STATE,
        *options.CEILINGS,
        options.CANARY,
        options.STRICT,
        *options.SKIP_UNCHANGED,
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Send the first N valid rows only."),
        options.WAIT,
        options.YES,
        *options.TALK,
    ),
    epilog="""\b
        Examples:
          importer run changes.xlsx --sandbox
              try it out against the embedded API: nothing leaves this machine
          importer run changes.csv --dry-run --group-id GROUP --linked-account-id ACCOUNT
              everything but sending
          IMPORTER_API_KEY=... importer run changes.csv --group-id GROUP --linked-account-id ACCOUNT
              send; the key is never an option's value, since others could see it
          importer run changes.csv --yes --json >summary.json
              from cron: nothing is asked, and the summary is for a program

        The key must be a Manage Customers API key. Ctrl-C once: nothing new is sent, what is in flight is waited for,
        and the reports are written. Again: what is in flight is given up. A third time ends at once.
        """,
)

CHECK: Final = Command(
    "importer.cli.runs.check",
    summary="Read and check a sheet; send nothing, need no key.",
    text="""Read SOURCE, a CSV file or a workbook, and check every row as `importer run` would; nothing is sent.

        What is wrong is said on the screen, and no folder is left. With --report, there is one with the reports, as
        of a run: the annotated sheet says what is wrong with which row, and the rows to fix have a sheet of their own.
        """,
    takes=(
        options.SOURCE,
        options.GROUP,
        options.ACCOUNT,
        options.BASE_URL,
        options.REPORT,
        options.OUTPUT,
        options.FORM,
        options.COLUMNS,
        options.REDACT,
        *options.READING,
        options.VISIBLE_ONLY,
        options.WARNINGS_AS_ERRORS,
        options.REFUSE_CUT_OFF,
        *options.SKIP_UNCHANGED,
        *options.STATE,
        *options.TALK,
    ),
    epilog="""\b
        Examples:
          importer check changes.xlsx
          importer check changes.xlsx --report
          importer check changes.csv --json

        The exit code is 0 when every row is valid, and 1 otherwise.
        """,
)

PEEK: Final = Command(
    "importer.cli.runs.peek",
    summary="Show what the reader sees in a file; check and send nothing.",
    text="""Show what `importer run` would read of SOURCE, a CSV file or a workbook.

        Format, encoding, delimiter, sheet, header and columns, and the first rows: each with its number, its cells, and
        the values as they would be sent. Nothing is checked, and nothing is written.
        """,
    takes=(
        options.SOURCE,
        *options.READING,
        click.option(
            "--raw", is_flag=True, help="Every record from the first line on, as text; no column has to be known."
        ),
        options.PROFILE,
        click.option("--rows", type=click.IntRange(min=0), default=10, show_default=True, metavar="N", help="So many."),
        click.option("--all", "everything", is_flag=True, help="All of them."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row, nothing else."),
        click.option("--csv", "as_csv", is_flag=True, help="Print the cells as CSV in UTF-8 (RFC 4180), nothing else."),
    ),
    epilog="""\b
        Examples:
          importer peek changes.xlsx
          importer peek changes.csv --raw --rows 5
              every record from the first line on, whatever is in it: why a file is refused shows here
          importer peek changes.csv --all --json >rows.jsonl
          importer peek changes.xlsx --sheet May --raw --all --csv >may.csv
        """,
)

RESUME: Final = Command(
    "importer.cli.runs.resume",
    summary="Go on with a run that was cut off or stopped.",
    text="""Go on with the unfinished run RUN, by default the newest one.

        Rows that have their final outcome are left alone. All others are sent: those that were not sent, failed or were
        left in doubt, and those that were in flight when the run was cut off. The reports are those of the whole run.
        """,
    takes=(
        click.argument("run", required=False, shell_complete=candidates.runs),
        options.KEY_FILE,
        options.OWN_OUTPUT,
        options.COLUMNS,
        options.REDACT_OR_NOT,
        *options.STATE,
        *options.CEILINGS,
        options.WAIT,
        options.OLDER_JOURNAL,
        options.YES,
        *options.TALK,
    ),
    epilog="""\b
        Examples:
          importer resume                the newest unfinished run
          importer resume k3f9abcd       that one
          importer resume k3f9 --rate 5  the beginning of an id will do; ceilings may be given anew

        The source file is not needed: the run has kept its own copy. Where to send to is as it was; the key comes from
        IMPORTER_API_KEY or a file, as for `importer run`. It asks before it sends: a no leaves the run as it is.
        """,
)

RETRY: Final = Command(
    "importer.cli.runs.retry",
    summary="Send the unconfirmed, failed and unsent rows of a run again.",
    text="""Send those rows of the ended run RUN again that are unconfirmed, failed or were not sent.

        Where the file that RUN has read is not at its place any more, or another has its name, the values that RUN has
        kept of these rows are sent.
        """,
    takes=(
        click.argument("run", shell_complete=candidates.runs),
        options.SOURCE_NOW,
        options.KEY_FILE,
        options.OUTPUT,
        options.COLUMNS,
        options.REDACT_OR_NOT,
        *options.STATE,
        *options.CEILINGS,
        options.WAIT,
        options.OLDER_JOURNAL,
        options.YES,
        *options.TALK,
    ),
    epilog="""\b
        Examples:
          importer retry k3f9abcd
          importer retry k3f9 --source moved/changes.xlsx

        It is a new run with a folder of its own; rows that are not part of it have empty columns in its annotated
        sheet, or are not in it where the file is gone. Where to send to is as it was; the key comes from
        IMPORTER_API_KEY or a file, as for `importer run`.
        """,
)

REPORT: Final = Command(
    "importer.cli.runs.report",
    summary="Write the reports of a past run again.",
    text="""Write all reports of the past run RUN again, from the journal and the source, or from the annotated sheet
        that it wrote where the source is gone; those that are there are replaced.

        Of a run that was cut off, they say what is true if nobody goes on with it.
        """,
    takes=(
        click.argument("run", shell_complete=candidates.runs),
        options.SOURCE_NOW,
        options.OWN_OUTPUT,
        options.FORM,
        options.COLUMNS,
        options.REDACT_OR_NOT,
        *options.STATE,
        options.OLDER_JOURNAL,
        options.JSON,
        options.QUIET,
    ),
    epilog="""\b
        Examples:
          importer report k3f9abcd                              after the files were lost, or a newer version came
          importer report k3f9 --redact --output for-a-ticket   with names and addresses masked
          importer report k3f9 --source moved/changes.xlsx      the file that was read, unchanged

        Nothing is sent, and the journal stays as it is.
        """,
)

COMMANDS: Final = (RUN, CHECK, PEEK, RESUME, RETRY, REPORT)
