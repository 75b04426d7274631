"""`importer report`: write the reports of a run again."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from importer.cli.chosen_runs import locked, opened
from importer.cli.given import Given, Manner, Reports
from importer.cli.meant_runs import run_meant
from importer.cli.perform import screen, tell_result
from importer.cli.screen.next_commands import use_profile
from importer.model.exit_codes import exit_code_of_answer
from importer.story.milestones import Milestones
from importer.story.order import Order
from importer.story.reporting import Reporting
from importer.story.run_index import Indexing


def report(run: str, source: Path | None, given: Given, reports: Reports, manner: Manner) -> int:
    """Write all reports of a past run again, from the journal and the source, and return the exit code."""
    settings = given.settings()
    with opened(settings) as journal, locked(run_meant(journal, run, "report"), settings):
        past = journal.find(run)
        order = reports.wished(Order.again(past, source=source))
        if not past.ended:  # of one that has ended, nothing is later than what is known
            milestones = Milestones(journal, settings, order, time.time)
            milestones.expect_newest(past, "its reports would not tell of it")
        settings_again = given.settings_again(past.settings, sends=False)
        use_profile(settings_again.profile)
        finished = Reporting(order, settings_again).again(journal, past, source)
        not_indexed = Indexing(journal, settings).beside((order.output or past.output).absolute())
        finished = replace(finished, notes=[not_indexed] if not_indexed else [])
    with screen(manner) as show:
        printed = tell_result(finished, show, manner)
    return exit_code_of_answer(printed=printed and finished.error is None)
