"""What goes without anybody asking: what runs keep without need, and rows that were kept long enough."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from importer.errors import LockedError
from importer.journal.journal import Journal
from importer.journal.lasting.pruning import Terms
from importer.reports.folder import abandon
from importer.settings import Settings
from importer.story.milestones import GenerationMarks

_DAY_S: Final = 86_400.0
_PRUNING_S: Final = 5.0
"""A run that begins takes so long for it at most; the next one goes on with it."""


def sweep(journal: Journal, settings: Settings) -> None:
    """Erase what is kept without need, by this journal or by a later state of it, which may be put back."""
    journal.sweep(settings.keep_s, abandon, GenerationMarks(journal, settings).highest)


def tidy(journal: Journal, settings: Settings) -> None:
    """Sweep, and let rows go that are not to be kept any more, unless a process that is stopped holds the journal."""
    sweep(journal, settings)
    until = time.monotonic() + _PRUNING_S
    with suppress(LockedError):
        pruning = journal.pruning
        pruning.prune(pruning.twice_due(terms_of(settings)), lambda: time.monotonic() < until)


def terms_of(settings: Settings) -> Terms:
    """Return how long rows are kept."""
    return Terms(settings.keep_runs_days * _DAY_S, settings.keep_checks_days * _DAY_S)
