"""`importer backup`: the journal in a file, while runs go on."""

from __future__ import annotations

import time
from pathlib import Path

from importer.cli.chosen_runs import opened
from importer.cli.given import Given
from importer.cli.screen.console import answer
from importer.errors import SettingsError
from importer.journal import FILE_NAME
from importer.journal.journal import KEY_NAME
from importer.journal.lasting.backing_up import Backup
from importer.model.exit_codes import ExitCode, exit_code_of_answer
from importer.times import rfc3339

_MEGABYTE = 1_000_000


def backup(file: Path, force: bool, without_key: bool, quiet: int, given: Given) -> int:
    """Copy the journal into a file, and return the exit code."""
    settings = given.settings()
    state = settings.state_folder()
    made = Backup(state / FILE_NAME, state / KEY_NAME, file.absolute(), with_key=not without_key)
    if not made.journal.is_file():
        raise SettingsError(
            f"There is no journal in {state}: there is nothing to back up.",
            code="no_journal",
            hint="Name the state directory with --state, or in IMPORTER_STATE_DIR.",
        )
    made.expect_room(force=force)
    with opened(settings):  # which brings it up to date, and says where that cannot be
        size = made.make(rfc3339(time.time()))
    if quiet:
        return ExitCode.WELL
    key = f"the key of its digests is in {made.key_file}" if made.with_key else "the key of its digests is not"
    sentences = f"The journal is in {made.file} ({size / _MEGABYTE:,.1f} MB), and {key}."
    return exit_code_of_answer(printed=answer(f"{sentences}\nWhat runs keep of people's data is not in it."))
