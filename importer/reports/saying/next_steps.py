"""What a person does about a run: about each status and cause, and the next steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.checks.codes import WarningCode
from importer.model.exit_codes import has_ended
from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.run import Summary
from importer.model.source import STANDARD_INPUT
from importer.model.statuses import REACHED, STATUS_ADVICE, TO_FIX, TO_TRY_AGAIN, Status
from importer.model.stop_reasons import BY_A_PERSON, STOP_SENTENCES, TO_BE_CORRECTED, StopReason
from importer.phrases import listed
from importer.reports.saying.calling import NOTHING_NAMED, Calling
from importer.reports.saying.figures import counted
from importer.reports.saying.review import NextStep

STOP_ADVICE: Final[Mapping[StopReason, str]] = {
    StopReason.KEY_REFUSED: "Check the key: it must be a Manage Customers API key, for this group and account.",
    StopReason.BLOCKED: "Ask whoever runs what stands in front of the API to let the requests through, and go on then.",
    StopReason.TARGET_REFUSED: "Check --base-url, --group-id and --linked-account-id; messages of rows quote the API.",
    StopReason.RATE_LIMITED: "Try again later, or with a lower --rate.",
    StopReason.RETRY_AFTER_TOO_LONG: "Try again later.",
    StopReason.INVALID_ROWS: "Fix the invalid rows and run the file again, or run it without --strict.",
}
"""What to do first about a run that ended early, where there is more than to go on with it."""
CORRECTED: Final[Mapping[StopReason | None, str]] = {
    StopReason.KEY_REFUSED: "Check the key (for Manage Customers, of this group and account), and run it again",
    StopReason.TARGET_REFUSED: "Correct --base-url, --group-id or --linked-account-id, and run it again",
    StopReason.API_DOWN: "Nobody answers at --base-url: correct it, or wait until somebody does, and run it again",
}
"""What to do about a run that nobody has taken up a row of: going on as it was would end the same way."""
_IF_WRONG: Final = "If it is wrong, give this run up ({}), correct --base-url, and run it again."
_NOT_CONNECTED: Final = frozenset(
    {"name_not_resolved", "connection_refused", "unreachable", "connect_timed_out", "tls_failed", "proxy_failed"}
)
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


def advised(causes: Sequence[Cause], *, corrected: StopReason | None = None) -> Sequence[Cause]:
    """Return causes with what to do about each.

    Args:
        causes: Of a run.
        corrected: Why it ended, where it is not to be gone on with as it was.
    """
    return [replace(cause, to_do=_advice(cause, corrected)) for cause in causes]


def to_correct(mode: Mode, statuses: Mapping[Status, int], reason: StopReason | None) -> StopReason | None:
    """Return why a run has ended that would only end so again: something is wrong with where it sends, or the key.

    Nobody has taken up a row of it, so that nothing is lost by running it anew. None where it is not so.
    """
    is_so = mode is Mode.RUN and reason in TO_BE_CORRECTED and not any(statuses.get(status, 0) for status in REACHED)
    return reason if is_so else None


def was_given_up_on(statuses: Mapping[Status, int], reason: StopReason | None, *, unanswered: bool) -> bool:
    """Return whether somebody has stopped a run while nobody had answered at all: its URL may be wrong.

    Args:
        statuses: How many rows have each.
        reason: Why it ended.
        unanswered: Requests left, and no answer came.
    """
    return unanswered and reason in BY_A_PERSON and not any(statuses.get(status, 0) for status in REACHED)


def is_resumable(summary: Summary) -> bool:
    """Return whether the run can be gone on with: it did not come to its end."""
    if summary.resumable is not None:
        return summary.resumable
    return not has_ended(summary.mode, summary.exit_code, summary.stop_reason)


def told_stop(summary: Summary) -> str:
    """Return why a run stopped early, and what to do first where it is gone on with; "" where it did not stop."""
    reason = summary.stop_reason
    if reason is None:
        return ""
    is_gone_on_with = to_correct(summary.mode, summary.statuses, reason) is None
    advice = STOP_ADVICE.get(reason, "") if is_gone_on_with else ""
    return " ".join(filter(None, (f"The run stopped early: {STOP_SENTENCES[reason]}.", advice)))


def of_answers_in_front(summary: Summary) -> str:
    """Return what to say where answers seem to come from in front of the API, and may be its own; "" for nothing."""
    if not any(cause.code == _IN_FRONT for cause in summary.causes):
        return ""
    return "If the API itself refuses rows without JSON, say so from the next run on: IMPORTER_API_ERRORS=any"


def steps(
    summary: Summary,
    *,
    fix_command: str = "",
    send_command: str = "",
    run_command: str = "",
    send_needs: Sequence[str] = (),
    call: Calling = NOTHING_NAMED,
) -> Sequence[NextStep]:
    """Return what a person can do next, the most useful first.

    Args:
        summary: The run.
        fix_command: What sends the mended file of rows to fix; "" where there is no such file.
        send_command: What sends the valid rows of a check; "" where nobody can say.
        run_command: What runs the same anew; "" where nobody can say.
        send_needs: What it takes to send a source that was checked, beside what `send_command` has.
        call: How commands are called.
    """
    next_steps = []
    wrong = to_correct(summary.mode, summary.statuses, summary.stop_reason)
    if wrong is not None:
        next_steps.append(NextStep(f"{CORRECTED[wrong]}.", call.command(run_command)))
        next_steps.append(NextStep("Give this one up.", call.command(f"importer forget {summary.run_id}")))
    elif summary.stop_reason is not None:
        next_steps.append(NextStep(told_stop(summary)))
    if is_resumable(summary) and wrong is None:
        next_steps += _to_go_on(summary, run_command, call)
    elif wrong is None and summary.mode is Mode.RUN and (to_retry := _to_try_again(summary, _NOT_RETRIED)):
        nobody = "Nobody answered at --base-url. If it is right, try" if _has_reached_nobody(summary) else "Try"
        sentence = f"{nobody} {counted(to_retry, 'row', 'rows')} again, which is safe."
        next_steps.append(NextStep(sentence, call.command(f"importer retry {summary.run_id}")))
    rows_to_fix = sum(summary.statuses.get(status, 0) for status in TO_FIX)
    to_fix = counted(rows_to_fix, "row")
    if summary.mode is Mode.CHECK and rows_to_fix and not summary.reports:
        next_steps.append(_to_have_a_sheet(summary, to_fix, call))
    elif fix_command and summary.redacted:
        sentence = f"Fix {to_fix} in a report that shows names: this one hides them, and cannot be mended."
        next_steps.append(NextStep(sentence, call.command(_report_command(summary))))
    elif fix_command:
        then = "check" if summary.mode is Mode.CHECK else "run"
        sentence = f"Fix {to_fix} in {Path(summary.reports['to_fix']).name}, then {then} it."
        next_steps.append(NextStep(sentence, call.command(fix_command)))
    if sentence := of_answers_in_front(summary):
        next_steps.append(NextStep(sentence))
    if summary.statuses.get(Status.VALID, 0) and summary.would_be_sent != 0:
        sentence = _to_send(summary, send_needs, is_told_how=bool(send_command))
        next_steps.append(NextStep(sentence, call.command(send_command)))
    return next_steps


def _to_send(summary: Summary, needs: Sequence[str], *, is_told_how: bool) -> str:
    """Return what is to be done about the valid rows of a check or a dry run."""
    valid, sent = summary.statuses[Status.VALID], summary.would_be_sent
    how = "" if is_told_how else ", with importer run"
    how += f", which {'' if is_told_how else 'also '}needs {listed(needs)}" if needs else ""
    if summary.resting and summary.resting.rows:
        return f"Send what is new, {counted(sent or 0, 'row')}{how}."
    sent_once = f", in {counted(sent or 0, 'request')}" if sent not in (None, valid) else ""
    return f"Send what is valid, {counted(valid, 'row')}{sent_once}{how}."


def _to_go_on(summary: Summary, run_command: str, call: Calling) -> Iterator[NextStep]:
    """Yield how a run is gone on with, and what else may be meant where nobody has answered at all."""
    to_take_up = _to_try_again(summary, _NOT_RESUMED)
    again = f", which takes up {counted(to_take_up, 'row')}" if to_take_up else ""
    resume = call.command(f"importer resume {summary.run_id}")
    if not was_given_up_on(summary.statuses, summary.stop_reason, unanswered=summary.unanswered):
        yield NextStep(f"Go on with the run{again}.", resume)
        return
    nobody = f"Nobody answered at {summary.target.base_url}."
    yield NextStep(f"{nobody} If that is right, go on with the run{again}.", resume)
    give_up = call.command(f"importer forget {summary.run_id}")
    yield NextStep(_IF_WRONG.format(give_up), call.command(run_command))


def _to_have_a_sheet(summary: Summary, to_fix: str, call: Calling) -> NextStep:
    """Return how a check that has left no folder leaves one: the same again, or from the journal and the source."""
    sentence = f"Fix {to_fix}. For a sheet of them add --report"
    if summary.source.path == str(STANDARD_INPUT):
        return NextStep(f"{sentence}.")
    return NextStep(f"{sentence}, or.", call.command(_report_command(summary)))


def _report_command(summary: Summary) -> str:
    """Return what writes the reports again so that the rows to fix can be mended: by itself they stay masked."""
    return f"importer report {summary.run_id}{' --no-redact' if summary.redacted else ''}"


def _has_reached_nobody(summary: Summary) -> bool:
    """Return whether every row that was sent has failed for want of a connection."""
    failed = {cause.code for cause in summary.causes if cause.status is Status.FAILED}
    return bool(failed) and failed <= _NOT_CONNECTED and not any(summary.statuses.get(status, 0) for status in REACHED)


def _to_try_again(summary: Summary, left_out_by: Collection[str]) -> int:
    """Return how many rows another try may help: not those that were left out for one of these reasons."""
    left_out = sum(
        cause.rows for cause in summary.causes if cause.status is Status.NOT_SENT and cause.code in left_out_by
    )
    return max(0, sum(summary.statuses.get(status, 0) for status in TO_TRY_AGAIN) - left_out)


def _advice(cause: Cause, corrected: StopReason | None) -> str:
    if cause.status is None:
        return _OF_HIDDEN_ROWS if cause.code == WarningCode.HIDDEN_ROW else _OF_WARNING
    if cause.status is Status.NOT_SENT and corrected is not None and cause.code == corrected:
        return f"{CORRECTED[corrected]}."
    if cause.status is Status.NOT_SENT and cause.code in set(StopReason):
        advice = STOP_ADVICE.get(StopReason(cause.code))
        if advice:
            return advice
    return _OF_CAUSE.get((cause.status, cause.code), STATUS_ADVICE[cause.status].advice)
