"""`importer sandbox`: the embedded API, until interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.cli.given import Given, Shape
from importer.cli.screen.console import answer, tell
from importer.cli.screen.next_commands import here
from importer.model.source import Field
from importer.sandbox import Customer, SandboxOptions, serve
from importer.sheets.header.mapping import map_option
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.source_paths import shown_path

_CHUNK_ROWS: Final = 5000


def sandbox(
    sources: tuple[Path, ...],
    host: str,
    port: int,
    db: Path | None,
    latency: float,
    rate_limit: float | None,
    request_log: Path | None,
    given: Given,
    shape: Shape,
) -> None:
    """Serve the Update Customer API on this machine, for the customers of the sources or for any."""
    options = SandboxOptions(
        host=host,
        port=port,
        database=db,
        group_id=given.group_id,
        linked_account_id=given.linked_account_id,
        latency_s=latency,
        rate_limit=rate_limit,
        request_log=request_log,
        any_customer=not sources,
    )
    reading = shape.reading(replace(given, group_id=None, linked_account_id=None).settings())
    serve(options, list(_customers(sources, reading)), announce=lambda base_url: _announce(base_url, sources, reading))


def _customers(sources: tuple[Path, ...], reading: Reading) -> Iterator[Customer]:
    """Yield the customers that are in the sources, in the group that their row names, if it names one."""
    for source in sources:
        table = open_table(source, reading)
        for chunk in table.chunks(_CHUNK_ROWS):
            ids = chunk.frame[Field.CUSTOMER_ID].str.strip()
            groups = chunk.frame[Field.GROUP_ID].str.strip() if Field.GROUP_ID in chunk.frame else [""] * len(ids)
            yield from (Customer(group or None, customer) for group, customer in zip(groups, ids, strict=True))


def _announce(base_url: str, sources: tuple[Path, ...], reading: Reading) -> None:
    answer(base_url, data=True)
    options = [map_option(header, field) for header, field in reading.columns.items()]
    source = " ".join([shown_path(str(sources[0])) if sources else "SOURCE", *filter(None, options)])
    command = here(f"importer run {source}")
    tell(
        "Ctrl-C ends it. To send to it, with any UUID as group and any account:\n"
        f"  IMPORTER_API_KEY=any-key {command} --base-url {base_url} \\\n"
        "    --group-id 00000000-0000-4000-8000-000000000001 --linked-account-id demo-account --timeout 2"
    )
