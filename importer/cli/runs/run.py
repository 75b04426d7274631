"""`importer run`: send the changes of a sheet."""

from __future__ import annotations

from pathlib import Path

from importer.cli.given import Given, Manner, Reports, Shape
from importer.cli.perform import expect_all, perform, warn
from importer.model.modes import Mode
from importer.story.order import Order


def run(
    source: Path,
    sandbox: bool,
    dry_run: bool,
    limit: int | None,
    given: Given,
    shape: Shape,
    reports: Reports,
    manner: Manner,
) -> int:
    """Send the valid rows of a source, or do everything but that, and return the exit code."""
    if sandbox and (given.base_url or given.group_id or given.linked_account_id):
        warn("--sandbox brings its own address, group and account; those given as options are not used.", manner)
    settings = given.settings()
    if not (sandbox or dry_run):
        targets = {"group_id": settings.group_id, "linked_account_id": settings.linked_account_id}
        expect_all(settings, manner, missing=[name for name, value in targets.items() if value is None])
    order = Order(
        mode=Mode.DRY_RUN if dry_run else Mode.RUN,
        source=source,
        sandbox=sandbox,
        reading=shape.reading(settings),
        limit=limit,
    )
    return perform(reports.wished(order), settings, manner)
