"""`importer sandbox`: the embedded API, until interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.cli.options import PATH
from importer.cli.screen.console import answer, tell

if TYPE_CHECKING:
    from importer.sandbox import Customer

_EPILOG = """\b
Examples:
  importer sandbox changes.csv --port 8765
  importer sandbox --latency 0.1 --rate-limit 10 --request-log requests.jsonl

Any key is accepted but `refused` (401) and `readonly` (403). An address decides on the reply, as magic cards do with
payments: sandbox+400@..., +401, +403, +404, +429 (once), +500, +flaky (500 once), +503, +timeout, +reset, +mismatch,
+html, each at any domain.
"""
_CHUNK_ROWS = 5000


@click.command("sandbox", epilog=_EPILOG, short_help="Serve the embedded API on a port until interrupted.")
@click.argument("sources", nargs=-1, type=PATH, metavar="[SOURCE]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; others can connect elsewhere.")
@click.option("--port", type=int, default=0, metavar="N", help="Default: any free one, which is printed.")
@click.option("--db", type=PATH, metavar="FILE", help="Keep customers in a file, not in memory.")
@click.option("--group-id", metavar="ID", help="The only group there is. Default: that of a source's rows, or any.")
@click.option("--linked-account-id", metavar="ID", help="The only account there is. Default: any.")
@click.option("--latency", type=float, default=0.0, metavar="S", help="Seconds before each reply.")
@click.option("--rate-limit", type=float, metavar="N", help="Answer 429 to more than so many requests per second.")
@click.option(
    "--request-log",
    type=PATH,
    metavar="FILE",
    help="Append a JSON line for every request, as it was applied.",
)
def command(
    sources: tuple[Path, ...],
    host: str,
    port: int,
    db: Path | None,
    group_id: str | None,
    linked_account_id: str | None,
    latency: float,
    rate_limit: float | None,
    request_log: Path | None,
) -> None:
    """Serve the Update Customer API on this machine; the base URL is the first line that is printed.

    It knows the customers of the SOURCEs; with none, it accepts any UUID.
    """
    from importer.sandbox import SandboxOptions, serve  # noqa: PLC0415 - only here

    options = SandboxOptions(
        host=host,
        port=port,
        database=db,
        group_id=group_id,
        linked_account_id=linked_account_id,
        latency_s=latency,
        rate_limit=rate_limit,
        request_log=request_log,
        any_customer=not sources,
    )
    serve(options, list(_customers(sources)), announce=lambda base_url: _announce(base_url, sources))


def _customers(sources: tuple[Path, ...]) -> Iterator[Customer]:
    """Yield the customers that are in the sources, in the group that their row names, if it names one."""
    from importer.model.source import Field  # noqa: PLC0415 - heavy with what follows
    from importer.sandbox import Customer  # noqa: PLC0415 - the same
    from importer.sheets.open import open_table  # noqa: PLC0415 - the same

    for source in sources:
        table = open_table(source)
        for chunk in table.chunks(_CHUNK_ROWS):
            ids = chunk.frame[Field.CUSTOMER_ID].str.strip()
            groups = chunk.frame[Field.GROUP_ID].str.strip() if Field.GROUP_ID in chunk.frame else [""] * len(ids)
            yield from (Customer(group or None, customer) for group, customer in zip(groups, ids, strict=True))


def _announce(base_url: str, sources: tuple[Path, ...]) -> None:
    answer(base_url)
    source = sources[0] if sources else "SOURCE"
    tell(
        "Ctrl-C ends it. To send to it, with any UUID as group and any account:\n"
        f"  IMPORTER_API_KEY=any-key importer run {source} --base-url {base_url} \\\n"
        "    --group-id 00000000-0000-4000-8000-000000000001 --linked-account-id demo-account --timeout 2"
    )
