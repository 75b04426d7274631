"""A run of the real command that is killed somewhere, gone on with until it is done, and held to the truth."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from importer.journal.packed.ids_and_times import unpacked_id
from tests.crash.strace import strace_command, traced
from tests.forking.process import Forked
from tests.scene import Api, CommandScene, Values, unasked

ROWS: Final = 48
CEILING: Final = 8
_PATIENCE_S: Final = 60
_MOST_PROCESSES: Final = 6


@dataclass(kw_only=True)
class KillScene(CommandScene):
    """One sheet, one state directory, and however many processes it takes.

    Attributes:
        api: Where it sends to.
        rows: The values that each customer is to get.
        killed: How often a process was killed.
    """

    api: Api
    rows: dict[str, Values] = field(default_factory=dict)
    killed: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        mark = uuid.uuid4().hex[:8]
        for number in range(ROWS):
            values = (f"Given{number}", f"Family {mark}", f"p{number}.{mark}@example.com")
            self.rows[str(uuid.uuid4())] = values
        self.write_sheet((customer, *values) for customer, values in self.rows.items())

    @property
    def run(self) -> Sequence[str]:
        """The command that begins the run."""
        return (*self.sending_to(self.api.base_url), "--concurrency", str(CEILING))

    @property
    def _own_variables(self) -> dict[str, str]:
        return {"IMPORTER_API_KEY": "good-key", "HOME": str(self.folder)}

    def start(self, *arguments: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Begin the command, in a process group of its own; what is to run before it can only be started."""
        return self.begin(*arguments, "--json", variables=self._own_variables, before=before, own_session=True)

    def fork(self, *arguments: str, stopped: bool = False) -> Forked[bytes]:
        """Fork the command; where it is to be stopped, it has done nothing yet."""
        surroundings = self.surroundings(self._own_variables, own_session=True)
        return Forked(["importer", *unasked(arguments), "--json"], stopped=stopped, **surroundings)

    def kill_while_sending(self, seconds: float, *arguments: str) -> bool:
        """Run the command and kill it so long after its first request; return whether it was there to be killed."""
        process = self.start(*arguments)
        self._await_request(process)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=_PATIENCE_S)
        return self._note(process.returncode)

    def sending_s(self) -> float:
        """Run the command undisturbed, and return how long it takes from its first request to its end."""
        process = self.start(*self.run)
        begun_at = self._await_request(process)
        process.communicate(timeout=_PATIENCE_S)
        assert process.returncode == 0
        return time.monotonic() - begun_at

    def _await_request(self, process: subprocess.Popen[bytes]) -> float:
        """Wait until the API has applied something more, or the process is at its end, and return the time of that."""
        known, until = self.api.log_bytes, time.monotonic() + _PATIENCE_S
        while self.api.log_bytes == known and process.poll() is None:
            assert time.monotonic() < until, "it sends nothing, and does not end"
            time.sleep(0.001)
        return time.monotonic()

    def kill_at(self, call: str, number: int, *arguments: str) -> bool:
        """Run the command and kill it at its n-th call of the system; return whether it came so far."""
        injection = ("-o", os.devnull, f"--trace={call}", f"--inject={call}:signal=KILL:when={number}")
        code, _, _ = self._run_to_its_end(arguments, strace=injection)
        return self._note(code)

    def _note(self, code: int) -> bool:
        killed = code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        self.killed += killed
        assert killed or code == 0, f"it ended with exit code {code}"
        return killed

    def finish(self) -> dict[str, Any]:
        """Go on with the run, or begin it where nothing of it is there, until it is done; return its summary."""
        for _ in range(_MOST_PROCESSES):
            code, said = self.say("resume")
            if "error" in said and said["error"]["code"] == "nothing_to_resume":
                if (self.output / "summary.json").exists():
                    return dict(json.loads((self.output / "summary.json").read_text("utf-8")))
                code, said = self.say(*self.run)
            assert "error" not in said, said
            if code == 0:
                return said
        raise AssertionError(f"the run is not done after {_MOST_PROCESSES} processes")

    def say(
        self, *arguments: str, before: Sequence[str] = (), strace: Sequence[str] = ()
    ) -> tuple[int, dict[str, Any]]:
        """Run the command to its end; return the exit code, and what it said as JSON."""
        code, out, err = self._run_to_its_end(arguments, before=before, strace=strace)
        assert b"Traceback" not in err
        return code, dict(json.loads(out))

    def _run_to_its_end(
        self, arguments: Sequence[str], *, before: Sequence[str] = (), strace: Sequence[str] = ()
    ) -> tuple[int, bytes, bytes]:
        """Return the exit code, and what was printed; with options for strace, all calls are seen by that."""
        if strace and self.forks:
            stopped = self.fork(*arguments, stopped=True)
            with traced(stopped, strace):
                out, err = stopped.communicate(timeout=_PATIENCE_S)
            return stopped.returncode, out, err
        process = self.start(*arguments, before=(*before, *(strace_command(*strace) if strace else ())))
        out, err = process.communicate(timeout=_PATIENCE_S)
        return process.returncode, out, err

    def check_journal(self) -> None:
        """Hold the journal of the killed process to what the API applied, before anybody goes on with it."""
        applied = self.api.applied(set(self.rows))
        path = self.folder / "state" / "journal.sqlite"
        if not path.exists():
            assert applied == {}
            return
        with closing(sqlite3.connect(path)) as journal:
            is_empty = not journal.execute("PRAGMA user_version").fetchone()[0]  # killed before there was a schema
            query = "SELECT customer, phase, status, maybe FROM rows"
            found = [] if is_empty else [(unpacked_id(one), *rest) for one, *rest in journal.execute(query)]
        phases = {customer: (phase, status) for customer, phase, status, _ in found}
        doubtful = {customer for customer, phase, _, maybe in found if phase == 1 or (phase == 0 and maybe)}
        assert all(customer in doubtful or phases[customer] == (2, "updated") for customer in applied)
        assert {customer for customer, (_, status) in phases.items() if status == "updated"} <= applied.keys()
        assert sum(phase == 1 for phase, _ in phases.values()) <= CEILING

    def check_report(self, summary: Mapping[str, Any]) -> None:
        """Hold the report of the whole run to what the API applied."""
        applied = self.api.applied(set(self.rows))
        assert (summary["exit_code"], summary["balanced"], summary["statuses"]["updated"]) == (0, True, ROWS)
        assert applied.keys() == self.rows.keys()
        with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["Customer ID"] for row in rows] == list(self.rows)
        for row in rows:
            requests = applied[row["Customer ID"]]
            sent = {(line["first_name"], line["last_name"], line["email"]) for line in requests}
            assert sent == {self.rows[row["Customer ID"]]}
            assert row["status"] == "updated"
            assert row["updated_at"] == requests[-1]["updated_at"]
            assert int(row["attempts"]) >= len(requests)
            if len(requests) > 1:
                assert "sent again" in row["message"]
        again = Counter({customer: len(lines) - 1 for customer, lines in applied.items()})
        assert again.total() <= CEILING * self.killed
        assert sum(int(row["attempts"]) for row in rows) == summary["attempts"]
        # A kill after the last word of the journal may leave the hidden claim of the run.
        left = {path.name for path in self.output.iterdir()}
        assert left - {".run"} == {"annotated.csv", "report.html", "summary.json"}
        self._check_leftovers()

    def _check_leftovers(self) -> None:
        """Nothing is kept of a run that the journal knows; what was cut off before that is swept up later."""
        with closing(sqlite3.connect(self.folder / "state" / "journal.sqlite")) as journal:
            known = {run_id for (run_id,) in journal.execute("SELECT run_id FROM runs")}
        assert not known & {path.name for path in (self.folder / "state" / "runs").iterdir()}
