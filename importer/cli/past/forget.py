"""`importer forget`: erase what an unfinished run keeps."""

from __future__ import annotations

from importer.cli.chosen_runs import opened
from importer.cli.given import Given
from importer.cli.meant_runs import any_run_meant
from importer.cli.screen.console import answer
from importer.model.exit_codes import exit_code_of_answer
from importer.reports.folder import abandon


def forget(run: str, given: Given) -> int:
    """Erase what an unfinished run keeps to be resumed, or what one that has ended keeps to be retried."""
    with opened(given.settings()) as journal:
        past = any_run_meant(journal, run, "forget")
        if journal.forget(past, abandon):
            lost = (
                "`importer retry` needs its source from now on" if past.kept_rows else "it cannot be resumed any more"
            )
            sentence = f"Run {past.run_id} is forgotten: what it kept is erased, and {lost}."
        else:
            sentence = f"Run {past.run_id} keeps nothing: there is nothing to forget."
    return exit_code_of_answer(printed=answer(sentence))
