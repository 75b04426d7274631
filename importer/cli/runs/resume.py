"""`importer resume`: go on with a run that was cut off or stopped."""

from __future__ import annotations

from importer.cli.chosen_runs import opened, unfinished
from importer.cli.given import Given, Manner, Reports
from importer.cli.perform import expect_all, perform
from importer.story.order import Order


def resume(run: str | None, given: Given, reports: Reports, manner: Manner) -> int:
    """Go on with an unfinished run, by default the newest one, and return the exit code."""
    with opened(given.settings()) as journal:
        past = unfinished(journal, run)
    order = reports.wished(Order.again(past))
    settings = given.settings_again(past.settings, sends=not order.sandbox)
    if not order.sandbox:
        expect_all(settings, manner)
    return perform(order, settings, manner, go=lambda job: job.resume(past))
