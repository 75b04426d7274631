"""Examinations side by side: each has its time, and what becomes of one is no matter to the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from importer.errors import ImporterError, defect
from importer.ops.doctor.finding import Finding, wrong


@dataclass(frozen=True, slots=True)
class Examination:
    """Something that is looked at.

    Attributes:
        names: What its findings are about.
        longest_s: After so many seconds it is not waited for any more.
        examine: Returns what it finds. It may raise, or hang.
    """

    names: Sequence[str]
    longest_s: float
    examine: Callable[[], Iterable[Finding]]


@dataclass(slots=True)
class _Patient:
    """An examination that is under way, in a thread that nobody waits for at the end of the process."""

    examination: Examination
    told: Callable[[BaseException], None]
    begun: float = field(default_factory=time.monotonic)
    findings: list[Finding] = field(default_factory=list)
    failure: Exception | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self._examine, name=self.examination.names[0], daemon=True)
        self.thread.start()

    def result(self) -> Iterator[Finding]:
        """Yield what it has found within its time, and of what it has found nothing, why."""
        examination, ends_at = self.examination, self.begun + self.examination.longest_s
        if self.thread is not None:
            self.thread.join(max(0.0, ends_at - time.monotonic()))
            hangs = self.thread.is_alive()
            found = list(self.findings)
            yield from found
            missing = [name for name in examination.names if name not in {finding.name for finding in found}]
            yield from (self._nothing(name, hangs=hangs) for name in missing)

    def _examine(self) -> None:
        try:
            for finding in self.examination.examine():
                self.findings.append(finding)  # one by one: what is found before it hangs is known
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are to be seen
            self.failure = error
            self.told(error)

    def _nothing(self, name: str, *, hangs: bool) -> Finding:
        if hangs:
            seconds = f"{self.examination.longest_s:g}"
            return wrong(
                name,
                f"nothing was found out within {seconds} s",
                "What it is on does not answer: a run would hang, too.",
            )
        if isinstance(self.failure, ImporterError):
            return wrong(name, self.failure.message.removesuffix("."), self.failure.hint)
        if self.failure is not None:
            failed = defect(self.failure)
            return wrong(name, failed.message.removesuffix("."), "Look again with -v, and report what it shows.")
        return wrong(name, "nothing was found out", "Look again with -v, and report what it shows.")


def _silently(_: BaseException) -> None:
    """Say nothing of a failure."""


def performed(
    examinations: Iterable[Examination], told: Callable[[BaseException], None] = _silently
) -> Sequence[Finding]:
    """Perform examinations, all at once, and return what they have found; what failed, or hangs, is a finding, too.

    Args:
        examinations: What is to be looked at.
        told: Is called with what an examination has raised, from its thread.
    """
    patients = [_Patient(examination, told) for examination in examinations]
    for patient in patients:
        patient.start()
    return [finding for patient in patients for finding in patient.result()]
