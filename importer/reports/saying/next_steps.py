"""What a person does about a run: about each status and cause, and the next steps."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.checks.codes import WarningCode
from importer.model.exit_codes import has_ended
from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.run import Summary
from importer.model.statuses import STATUS_ADVICE, TO_FIX, TO_TRY_AGAIN, Status
from importer.model.stop_reasons import STOP_SENTENCES, StopReason
from importer.reports.saying.figures import counted
from importer.reports.saying.review import NextStep

STOP_ADVICE: Final[Mapping[StopReason, str]] = {
    StopReason.KEY_REFUSED: "Check the key: it must be a Manage Customers API key, for this group and account.",
    StopReason.BLOCKED: "Ask whoever runs what stands in front of the API to let the requests through, and go on then.",
    StopReason.TARGET_REFUSED: "Check --base-url, --group-id and --linked-account-id; messages of rows quote the API.",
    StopReason.API_DOWN: "If it has never answered, check --base-url, and run the file again with the right one.",
    StopReason.RATE_LIMITED: "Try again later, or with a lower --rate.",
    StopReason.RETRY_AFTER_TOO_LONG: "Try again later.",
    StopReason.INVALID_ROWS: "Fix the invalid rows and run the file again, or run it without --strict.",
}
"""What to do first about a run that ended early, where there is more than to go on with it."""
_IN_FRONT: Final = "answered_in_front"
_OF_CAUSE: Final[Mapping[tuple[Status, str], str]] = {
    (Status.REJECTED, "http_404"): "Check the customer's id: the API does not know it in this group.",
    (Status.REJECTED, "http_403"): "Ask whoever manages the key whether it may change this customer.",
    (Status.REJECTED, "redirected"): "Check --base-url: the API itself does not redirect.",
    (Status.UNCONFIRMED, _IN_FRONT): "Try them again, and ask whoever runs what stands in front of the API to let its"
    " answers through.",
    (Status.NOT_SENT, "over_limit"): "Run the file without --limit; those of a run can be tried again, too.",
    (Status.NOT_SENT, "superseded"): "Leave them, unless the older values are the right ones after all.",
    (Status.NOT_SENT, "hidden_row"): "Show the rows in the sheet, or run it without --visible-only.",
    (Status.NOT_SENT, "forgotten"): "Try them again.",
}
_NOT_RESUMED: Final = frozenset({"superseded", "hidden_row", "over_limit"})
_NOT_RETRIED: Final = frozenset({"superseded", "hidden_row"})
_OF_WARNING: Final = "Look at these rows: this alone does not keep them from being sent."
_OF_HIDDEN_ROWS: Final = "Make sure that these rows are meant to be sent; --visible-only leaves them out."


def to_do(status: Status, mode: Mode, *, resumable: bool) -> str:
    """Return what a person does about rows that ended so, in a few words; "" for nothing."""
    if status is not Status.NOT_SENT:
        return STATUS_ADVICE[status].to_do
    if mode is not Mode.RUN:
        return "an option left it out"
    return STATUS_ADVICE[status].to_do if resumable else "try again"


def advised(causes: Sequence[Cause]) -> Sequence[Cause]:
    """Return causes with what to do about each."""
    return [replace(cause, to_do=_advice(cause)) for cause in causes]


def is_resumable(summary: Summary) -> bool:
    """Return whether the run can be gone on with: it did not come to its end."""
    if summary.resumable is not None:
        return summary.resumable
    return not has_ended(summary.mode, summary.exit_code, summary.stop_reason)


def of_answers_in_front(summary: Summary) -> str:
    """Return what to say where answers seem to come from in front of the API, and may be its own; "" for nothing."""
    if not any(cause.code == _IN_FRONT for cause in summary.causes):
        return ""
    return "If the API itself refuses rows without JSON, say so from the next run on: IMPORTER_API_ERRORS=any"


def steps(
    summary: Summary, *, fix_command: str = "", send_command: str = "", state: Path | None = None
) -> Sequence[NextStep]:
    """Return what a person can do next, the most useful first.

    Args:
        summary: The run.
        fix_command: What sends the mended file of rows to fix; "" where there is no such file.
        send_command: What sends the valid rows of a check; "" where nobody can say.
        state: The state directory that the commands name; None for the usual one.
    """
    state_option = "" if state is None else f" --state {shlex.quote(str(state))}"
    next_steps = []
    if summary.stop_reason is not None:
        sentence = f"The run stopped early: {STOP_SENTENCES[summary.stop_reason]}."
        next_steps.append(NextStep(" ".join(filter(None, (sentence, STOP_ADVICE.get(summary.stop_reason, ""))))))
    if is_resumable(summary):
        to_take_up = _to_try_again(summary, _NOT_RESUMED)
        again = f" It takes up {counted(to_take_up, 'row', 'rows')}." if to_take_up else ""
        next_steps.append(NextStep(f"Go on with the run.{again}", f"importer resume {summary.run_id}{state_option}"))
    elif summary.mode is Mode.RUN and (to_retry := _to_try_again(summary, _NOT_RETRIED)):
        sentence = f"Try {counted(to_retry, 'row', 'rows')} again: that is safe."
        next_steps.append(NextStep(sentence, f"importer retry {summary.run_id}{state_option}"))
    to_fix = counted(sum(summary.statuses.get(status, 0) for status in TO_FIX), "row")
    if fix_command and summary.redacted:
        sentence = f"Fix {to_fix} in a report that shows names: this one hides them, and cannot be mended."
        next_steps.append(NextStep(sentence, f"importer report {summary.run_id}{state_option}"))
    elif fix_command:
        next_steps.append(
            NextStep(
                f"Fix {to_fix} in {Path(summary.reports['to_fix']).name}, then run it.", fix_command + state_option
            )
        )
    if sentence := of_answers_in_front(summary):
        next_steps.append(NextStep(sentence))
    if valid := summary.statuses.get(Status.VALID, 0):
        how = "" if send_command else ", with importer run"
        repeated = summary.would_be_sent not in (None, valid)
        sent_once = f", in {counted(summary.would_be_sent or 0, 'request')}" if repeated else ""
        sentence = f"Send what is valid{how}: {counted(valid, 'row')}{sent_once}."
        next_steps.append(NextStep(sentence, send_command + state_option if send_command else ""))
    return next_steps


def _to_try_again(summary: Summary, left_out_by: Collection[str]) -> int:
    """Return how many rows another try may help: not those that were left out for one of these reasons."""
    left_out = sum(
        cause.rows for cause in summary.causes if cause.status is Status.NOT_SENT and cause.code in left_out_by
    )
    return max(0, sum(summary.statuses.get(status, 0) for status in TO_TRY_AGAIN) - left_out)


def _advice(cause: Cause) -> str:
    if cause.status is None:
        return _OF_HIDDEN_ROWS if cause.code == WarningCode.HIDDEN_ROW else _OF_WARNING
    if cause.status is Status.NOT_SENT and cause.code in set(StopReason):
        advice = STOP_ADVICE.get(StopReason(cause.code))
        if advice:
            return advice
    return _OF_CAUSE.get((cause.status, cause.code), STATUS_ADVICE[cause.status].advice)
