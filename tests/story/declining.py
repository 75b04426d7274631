"""A process that declines a run, and dies while it clears that away: `python -m tests.story.declining FILE N`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

from importer.model.modes import Mode
from importer.story.order import Plan
from tests.story.meddling import Meddler, job_of

NOWHERE: Final = "http://127.0.0.1:9"
_CHANGES: Final = frozenset({"os.remove", "os.rmdir", "shutil.rmtree"})


class _Decliner(Meddler):
    """Says no, and kills the process at its n-th change of a folder from then on."""

    def go_ahead(self, plan: Plan) -> bool:  # noqa: ARG002 - the signature of the port
        """Decline."""
        left = int(sys.argv[2])

        def die_in_time(event: str, _: object) -> None:
            nonlocal left
            if event in _CHANGES:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die_in_time)
        return False


if __name__ == "__main__":
    source = Path(sys.argv[1])
    job_of(source, Mode.RUN, NOWHERE, _Decliner(source, "")).run()
