"""`importer find`: whether a customer was changed, when, by which run, and what the API said."""

from __future__ import annotations

import json
import time
from dataclasses import replace

from importer.cli.chosen_runs import opened
from importer.cli.given import Given
from importer.cli.past.find_as_json import customer_object
from importer.cli.past.find_in_words import told_customer
from importer.cli.screen.console import answer, terminal_width
from importer.errors import SettingsError
from importer.ids import is_safe_segment, normal_id
from importer.journal.lasting.one_customer import CustomerHistory, Trust
from importer.model.exit_codes import exit_code_of_answer
from importer.reports.name_mask import Mask
from importer.source_paths import is_file
from importer.story.milestones import GenerationMarks


def find(customer_id: str, number: int, everything: bool, given: Given, as_json: bool) -> int:
    """Say what the journal knows of a customer, and return the exit code: that it knows nothing is an answer, too."""
    compared, settings = _as_compared(customer_id), given.settings()
    with opened(settings) as journal:
        is_outdated = GenerationMarks(journal, settings).highest_known() > journal.generations.current()
        trust = Trust(now=time.time(), longest_s=settings.longest_rest_s, is_outdated=is_outdated)
        history = _masked(journal.customers.history(compared, trust))
    if as_json:
        text = json.dumps(customer_object(history, everything=everything))
    else:
        most = None if everything else number
        text = "\n".join(told_customer(history, everything=everything, most=most, width=terminal_width()))
    return exit_code_of_answer(printed=answer(text, data=as_json))


def _as_compared(given: str) -> str:
    """Return a customer's id as it is compared with those of the journal.

    Raises:
        SettingsError: It can be none: no row with it was ever sent.
    """
    text = given.strip()
    if not is_safe_segment(text) or is_file(text):
        raise SettingsError(
            "What find takes is the id of one customer, and that is none.",
            code="no_customer_id",
            hint="Give it as the sheet has it in the column customer id. Names and addresses are not in the journal.",
        )
    return normal_id(text)


def _masked(history: CustomerHistory) -> CustomerHistory:
    """Return what is known with masked messages where the run's reports mask them, too."""
    mask = Mask({})
    rows = [
        replace(row, message=mask.text(row.message)) if row.run.asked.get("redact") else row for row in history.rows
    ]
    return replace(history, rows=rows)
