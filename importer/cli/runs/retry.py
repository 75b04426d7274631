"""`importer retry`: send again what another try may help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from importer.cli.chosen_runs import opened, retryable
from importer.cli.given import Given, Manner, Reports
from importer.cli.perform import expect_all, perform
from importer.story.order import Order


def retry(run: str, source: Path | None, given: Given, reports: Reports, manner: Manner) -> int:
    """Send the unconfirmed, failed and unsent rows of an ended run again, as a new run; return the exit code."""
    settings_now = given.settings()
    with opened(settings_now) as journal:
        past, from_kept = retryable(journal, run, settings_now, has_source=source is not None)
    order = replace(reports.wished(Order.again(past, source=source)), from_kept=from_kept)
    settings = given.settings_again(past.settings, sends=not order.sandbox)
    if not order.sandbox:
        expect_all(settings, manner)
    return perform(order, settings, manner, go=lambda job: job.run(past))
