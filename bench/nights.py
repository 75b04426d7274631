"""How large the journal is after years of nights: `python -m bench.nights` (`make bench-nights`).

Every night the same export is run with `--skip-unchanged`; some of it has changed, and what was kept long enough goes.
It is the journal alone that is at work, with a clock of its own: 900 nights take a minute or two. Fails where the file
grows by more than 2 % once as many nights are kept as are to be.
"""

from __future__ import annotations

import sys
import tempfile
import uuid
from pathlib import Path
from typing import Final

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.rows import Attempt, Outcome, Update
from importer.model.run import NewRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.settings import Settings
from importer.story.housekeeping import terms_of

NIGHTS: Final = 900
ROWS: Final = 2000
CHANGED: Final = 20
"""So many rows say something new each night."""
MOST_GROWTH: Final = 0.02
DAY_S: Final = 86_400.0
TARGET: Final = Target("https://api.example.com", "5b0f3c52-7a4e-4e7e-9f3a-1f0f4f3a9c11", str(uuid.UUID(int=7)))


class Nights:
    """A journal, night after night."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source = folder / "export.csv"
        self._source.write_text("customer_id\n")
        self._settings = Settings(skip_unchanged=True)
        self._first_names = ["Ana"] * ROWS
        self._night = 0

    def play(self, night: int) -> int:
        """Let a night pass, and return how many bytes the journal's file has then."""
        self._night = night
        for at in range(CHANGED):
            self._first_names[(night * CHANGED + at) % ROWS] = f"Ana {night}"
        with Journal(self._folder / "state", wall=self._now) as journal:
            journal.pruning.prune(journal.pruning.twice_due(terms_of(self._settings)), lambda: True)
            run = journal.begin(
                NewRun(
                    run_id=f"night{night}",
                    mode=Mode.RUN,
                    version="1",
                    source=self._source,
                    output=self._folder / f"night{night}",
                    target=TARGET,
                    settings=self._settings.public(),
                )
            )
            self._send(run)
        return (self._folder / "state" / "journal.sqlite").stat().st_size

    def _now(self) -> float:
        return 1_750_000_000.0 + self._night * DAY_S

    def _send(self, run: RunJournal) -> None:
        run.connection.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug of a bench
        run.add(
            [
                Update(
                    row=row + 2,
                    group_id=TARGET.group_id or "",
                    linked_account_id=TARGET.linked_account_id or "",
                    customer_id=str(uuid.UUID(int=row << 70 | row)),
                    first_name=first_name,
                    last_name="Torres",
                    email=f"ana.{row}@example.com",
                )
                for row, first_name in enumerate(self._first_names)
            ],
            [],
        )
        run.last_confirmed().rest(self._now(), self._settings.rest_s or 0.0, ends=True)
        run.checked(SourceInfo(str(self._source), None, run.sha256, ROWS))
        updates = [pending.update for pending in run.pending(0, ROWS)]
        for at in range(0, len(updates), 64):
            some = updates[at : at + 64]
            run.record([Attempt(update, 1) for update in some], [], [])
            run.record([], [], [confirmed(update) for update in some])
        run.settle(None, "")
        run.ended(0, unfinished=False)


def confirmed(update: Update) -> Outcome:
    """Return the outcome of an update that was confirmed at once."""
    return Outcome(
        update.row,
        Status.UPDATED,
        http_status=200,
        attempts=1,
        updated_at="2026-01-01T00:00:00.000000Z",
        latency_s=0.0123,
        customer_id=update.customer_id,
    )


def main() -> int:
    """Play the nights, print the size now and then, and return the exit code."""
    full = int(Settings().keep_runs_days) + 3
    with tempfile.TemporaryDirectory() as folder:
        nights = Nights(Path(folder))
        sizes = [nights.play(night) for night in range(NIGHTS)]
    for night in (0, 99, 199, 299, 399, full, 499, 599, 699, 799, NIGHTS - 1):
        print(f"night {night + 1:4}: {sizes[night] / 2**20:8.2f} MiB")
    growth = sizes[-1] / sizes[full] - 1
    verdict = "ok" if growth <= MOST_GROWTH else "TOO MUCH"
    print(f"grown since night {full + 1}: {growth:.2%} (at most {MOST_GROWTH:.0%}) {verdict}")
    return 0 if growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
