"""When it is not the row's fault, and what becomes of rows when a run stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from importer.delivery.policy import Policy
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt, Pending
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import GROUP, fault, http, ok, pending, update
from tests.delivery.simulation import Delivery, Ran, policy, scripted

ONE = policy(concurrency=1)
OTHER_GROUP = "another-group"


def run(script: Mapping[int, Sequence[object]], *, rows: int = 30, numbers: Policy = ONE) -> Ran:
    """Deliver rows from 2 on, one at a time, of which some get other answers than a confirmation."""
    return Delivery(pending(rows), scripted(script), numbers).run()


def ends(ran: Ran, first: int, last: int) -> list[tuple[Status, str, int | None, int]]:
    """Return what the report says of some rows: status, code, HTTP status, attempts."""
    found = [ran.outcomes[row] for row in range(first, last + 1)]
    return [(outcome.status, outcome.code, outcome.http_status, outcome.attempts) for outcome in found]


def refused(http_status: int) -> tuple[Status, str, int, int]:
    """Return the end of a row over whose refusal as a matter of the key the run stopped."""
    return (Status.NOT_SENT, "key_refused", http_status, 1)


@pytest.mark.parametrize("status", [401, 407])
def test_a_refused_key_stops_the_run_at_once(status: int) -> None:
    """The row is `not_sent`, its attempt counted, and nothing else is sent, whatever was confirmed before."""
    ran = run({7: [status]})
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 7, 7) == [refused(status)]
    assert "The run stopped over this" in ran.outcomes[7].message
    assert ran.counts() == {Status.UPDATED: 5, Status.NOT_SENT: 1}
    assert len(ran.sent) == 6


def test_a_403_while_nothing_is_confirmed_stops_the_run() -> None:
    """The first reply being a 403 is the key, not the row."""
    ran = run({2: [403]})
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 2, 2) == [refused(403)]
    assert len(ran.sent) == 1


def test_a_lone_403_among_confirmed_rows_is_the_rows() -> None:
    """Once the key has worked for the group and account, a 403 rejects its row only."""
    ran = run({7: [403], 20: [403]})
    assert ran.reason is None
    assert ends(ran, 7, 7) == [(Status.REJECTED, "http_403", 403, 1)]
    assert ran.counts() == {Status.UPDATED: 28, Status.REJECTED: 2}


def test_two_403_in_a_row_are_the_rows() -> None:
    """Two say no more than one."""
    ran = run({7: [403], 8: [403]})
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 28, Status.REJECTED: 2})


def test_the_third_403_in_a_row_stops_the_run() -> None:
    """All three rows are `not_sent`, their attempts counted: the key was taken away meanwhile."""
    ran = run({7: [403], 8: [403], 9: [403]})
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 7, 9) == [refused(403)] * 3
    assert len(ran.sent) == 8


def test_a_403_that_others_followed_is_not_counted_again() -> None:
    """A row that was decided on as a lone one stays so when three others stop the run."""
    ran = run({5: [403], 7: [403], 8: [403], 9: [403]})
    assert ends(ran, 5, 5) == [(Status.REJECTED, "http_403", 403, 1)]
    assert ends(ran, 7, 9) == [refused(403)] * 3


@pytest.mark.parametrize("last", [1, 2])
def test_a_403_at_the_end_of_the_rows_is_the_rows(last: int) -> None:
    """Where no other reply will come, one or two are decided on as what they are."""
    ran = run({31: [403]} if last == 1 else {30: [403], 31: [403]})
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 30 - last, Status.REJECTED: last})


@pytest.mark.parametrize("between", [404, 429, 500, Fault.CONNECTION_REFUSED, "other"])
def test_any_other_reply_ends_the_row_of_403(between: object) -> None:
    """Two, something else, and two more are not three in a row."""
    ran = run({7: [403], 8: [403], 9: [between], 10: [403], 11: [403]})
    assert ran.reason is None
    assert ran.counts()[Status.REJECTED] == (5 if between == 404 else 4)


def test_a_mismatch_does_not_show_that_the_key_is_good() -> None:
    """Only a confirmed row does: a 403 after a mismatch stops the run."""
    ran = run({2: ["other"], 3: [403]})
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 2, 3) == [(Status.MISMATCH, "different_values", 200, 1), refused(403)]


def test_a_key_may_be_good_for_one_group_only() -> None:
    """What is confirmed for one group says nothing of another: a 403 there stops the run."""
    rows = [Pending(update(row, group_id=OTHER_GROUP if row == 9 else GROUP)) for row in range(2, 12)]
    ran = Delivery(rows, scripted({9: [403]}), ONE).run()
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 9, 9) == [refused(403)]
    assert ran.counts()[Status.UPDATED] == 7


def test_403s_of_several_groups_are_in_a_row_all_the_same() -> None:
    """The third in a row of replies counts, whichever groups they are of."""
    rows = [Pending(update(row, group_id=OTHER_GROUP if row % 2 else GROUP)) for row in range(2, 12)]
    ran = Delivery(rows, scripted({7: [403], 8: [403], 9: [403]}), ONE).run()
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 7, 9) == [refused(403)] * 3


def test_everything_in_flight_at_a_403_counts() -> None:
    """What was confirmed meanwhile is `updated`, what was forbidden as well is `not_sent`, the rest is its own."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        row = attempt.update.row
        answers = {2: http(attempt.update, 403), 3: http(attempt.update, 403), 4: http(attempt.update, 400)}
        return row / 10, answers.get(row, ok(attempt.update))

    ran = Delivery(pending(50), api, policy(concurrency=6)).run()
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 2, 4) == [refused(403), refused(403), (Status.REJECTED, "http_400", 400, 1)]
    assert ran.counts() == {Status.NOT_SENT: 2, Status.REJECTED: 1, Status.UPDATED: 3}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 404, 405])
def test_ten_first_replies_that_point_elsewhere_stop_the_run(status: int) -> None:
    """A captive portal or a wrong group: the ten rows are `not_sent`, their attempts counted."""
    ran = run({row: [status] for row in range(2, 40)}, rows=38)
    assert ran.reason is StopReason.TARGET_REFUSED
    assert ends(ran, 2, 11) == [(Status.NOT_SENT, "target_refused", status, 1)] * 10
    assert len(ran.sent) == 10


def test_whatever_is_in_flight_when_the_target_turns_out_wrong_is_not_sent_too() -> None:
    """Rows that get the same answer after the tenth are no more at fault than the ten."""
    ran = run({row: [404] for row in range(2, 99)}, rows=97, numbers=policy(concurrency=16))
    assert ran.reason is StopReason.TARGET_REFUSED
    assert ran.counts() == {Status.NOT_SENT: 16}


def test_a_403_in_flight_when_the_target_turns_out_wrong_is_not_the_rows() -> None:
    """Both rules may find something: each row is told which one it was."""
    ran = run({**{row: [404] for row in range(2, 12)}, 12: [403]}, numbers=policy(concurrency=11))
    assert ran.reason is StopReason.TARGET_REFUSED
    assert ends(ran, 11, 12) == [(Status.NOT_SENT, "target_refused", 404, 1), refused(403)]


def test_nine_first_replies_that_point_elsewhere_are_the_rows() -> None:
    """The tenth being a confirmation, the nine are rejected."""
    ran = run({row: [404] for row in range(2, 11)})
    assert ran.reason is None
    assert ends(ran, 2, 10) == [(Status.REJECTED, "http_404", 404, 1)] * 9


@pytest.mark.parametrize("rows", [1, 9])
def test_fewer_than_ten_rows_are_the_rows(rows: int) -> None:
    """A small file of unknown customers is rejected row by row."""
    ran = run({row: [404] for row in range(2, 2 + rows)}, rows=rows)
    assert (ran.reason, ran.counts()) == (None, {Status.REJECTED: rows})


def test_ten_that_point_elsewhere_later_are_the_rows() -> None:
    """Once something was confirmed, any number of 404 rejects its rows only."""
    ran = run({row: [404] for row in range(3, 32)})
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 1, Status.REJECTED: 29})


def test_other_refusals_among_the_first_ten_make_the_target_right() -> None:
    """A 400 comes from an API that has looked at the row."""
    ran = run({**{row: [404] for row in range(2, 32)}, 6: [400]})
    assert (ran.reason, ran.counts()) == (None, {Status.REJECTED: 30})


def test_a_stop_decides_on_what_was_held() -> None:
    """Where the run is interrupted before ten replies, refusals are the rows'."""
    ran = Delivery(
        pending(30),
        scripted({row: [404] for row in range(2, 32)}),
        policy(concurrency=3),
        presses=[(0.25, StopReason.INTERRUPTED)],
    ).run()
    assert ran.reason is StopReason.INTERRUPTED
    assert ran.counts() == {Status.REJECTED: 9}


def test_a_stop_waits_for_what_is_in_flight_before_it_decides_on_a_403() -> None:
    """Two more 403 that arrive after Ctrl-C still show that it was the key; the reason of the stop stays."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        row = attempt.update.row
        return (0.1, ok(attempt.update)) if row == 2 else (row / 10, http(attempt.update, 403))

    ran = Delivery(pending(4), api, presses=[(0.35, StopReason.TERMINATED)]).run()
    assert ran.reason is StopReason.TERMINATED
    assert ends(ran, 3, 5) == [refused(403)] * 3


@pytest.mark.parametrize(
    ("earlier", "end"),
    [
        pytest.param(500, (Status.UNCONFIRMED, "http_500", 500, 2), id="in doubt"),
        pytest.param((503, 1.0), (Status.UNCONFIRMED, "http_503", 503, 2), id="told to come back"),
        pytest.param(425, (Status.NOT_SENT, "key_refused", 401, 2), id="not applied"),
    ],
)
def test_a_row_in_doubt_stays_in_doubt_when_the_key_is_refused(earlier: object, end: tuple[object, ...]) -> None:
    """That the last attempt was refused does not undo the one before it."""
    ran = run({2: [earlier, 401]}, rows=1)
    assert ran.reason is StopReason.KEY_REFUSED
    assert ends(ran, 2, 2) == [end]


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        pytest.param(500, (Status.UNCONFIRMED, "http_500", 500, 1), id="may be applied"),
        pytest.param((503, 60.0), (Status.UNCONFIRMED, "http_503", 503, 1), id="told to come back"),
        pytest.param((425, 60.0), (Status.NOT_SENT, "interrupted", 425, 1), id="not applied"),
        pytest.param((429, 60.0), (Status.NOT_SENT, "interrupted", 429, 1), id="slow down"),
        pytest.param(Fault.TIMED_OUT, (Status.UNCONFIRMED, "timed_out", None, 1), id="timed out"),
        pytest.param(Fault.TLS_FAILED, (Status.NOT_SENT, "interrupted", None, 1), id="never connected"),
    ],
)
def test_rows_that_wait_for_another_try_when_the_run_stops(answer: object, end: tuple[object, ...]) -> None:
    """They are `unconfirmed` if an attempt may have been applied, else `not_sent`; the message says both."""
    ran = Delivery(
        pending(1), scripted({2: [answer] * 9}), uniform=lambda: 0.99, presses=[(0.15, StopReason.INTERRUPTED)]
    ).run()
    assert ran.reason is StopReason.INTERRUPTED
    assert ends(ran, 2, 2) == [end]
    assert "The run stopped before it was tried again" in ran.outcomes[2].message


def test_a_reply_that_asks_for_another_try_after_a_stop_is_decided_on() -> None:
    """A row in flight at the stop gets no further try."""
    ran = Delivery(pending(1), scripted({2: [500]}), presses=[(0.05, StopReason.HUNG_UP)]).run()
    assert (ran.reason, len(ran.sent)) == (StopReason.HUNG_UP, 1)
    assert ends(ran, 2, 2) == [(Status.UNCONFIRMED, "http_500", 500, 1)]


def test_what_was_never_begun_is_left_alone() -> None:
    """Rows that the stop came before have no outcome from delivery."""
    ran = Delivery(pending(100), scripted({}), presses=[(0.0, StopReason.INTERRUPTED)]).run()
    assert (ran.reason, ran.sent, ran.outcomes) == (StopReason.INTERRUPTED, [], {})


def test_the_second_press_gives_up_what_is_in_flight() -> None:
    """Rows that have no answer yet are `unconfirmed`; what has arrived counts; it ends within a moment."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        return (0.1 if attempt.update.row == 2 else 900.0), ok(attempt.update)

    presses = [(1.0, StopReason.INTERRUPTED), (2.0, StopReason.TERMINATED)]
    ran = Delivery(pending(50), api, presses=presses).run()
    assert ran.reason is StopReason.INTERRUPTED
    assert ran.counts() == {Status.UPDATED: 1, Status.UNCONFIRMED: 4}
    assert ends(ran, 3, 3) == [(Status.UNCONFIRMED, "given_up", None, 1)]
    assert ran.world.now - 1000.0 < 2.5


def test_a_reply_and_the_second_press_at_once_are_one_outcome() -> None:
    """A row whose reply arrives as everything is given up is not given up as well."""
    presses = [(0.0, StopReason.INTERRUPTED)] * 2
    world = Delivery(pending(1), lambda attempt, _: (0.1, ok(attempt.update)), presses=[(0.05, presses[0][1])] * 2)
    assert world.run().counts() == {Status.UPDATED: 1}


@pytest.mark.parametrize("answer", [(429, 120.5), (503, 3600.0), (500, 121.0)])
def test_a_retry_after_that_is_too_long_stops_the_run(answer: tuple[int, float]) -> None:
    """The API asks for more patience than is allowed: the run can be resumed later."""
    ran = run({7: [answer]})
    status = Status.NOT_SENT if answer[0] == 429 else Status.UNCONFIRMED
    assert ran.reason is StopReason.RETRY_AFTER_TOO_LONG
    assert ran.outcomes[7].status is status
    assert ran.outcomes[7].code == ("retry_after_too_long" if answer[0] == 429 else f"http_{answer[0]}")
    assert len(ran.sent) == 6


def test_a_retry_after_at_the_limit_is_waited_for() -> None:
    """Two minutes are still waited out."""
    assert run({7: [(503, 120.0)]}).reason is None


def test_a_retry_after_that_is_too_long_stops_the_run_at_the_last_try_too() -> None:
    """The row has had its tries; the others must not go on asking."""
    ran = run({7: [(503, 3600.0)]}, numbers=policy(concurrency=1, max_attempts=1))
    assert ran.reason is StopReason.RETRY_AFTER_TOO_LONG
    assert ends(ran, 7, 7) == [(Status.UNCONFIRMED, "http_503", 503, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("answer", [429, (429, 1.0), (429, 0.0)])
def test_nothing_but_429_for_too_long_stops_the_run(answer: object) -> None:
    """After five minutes of it the rows that got them are `not_sent`, and the rest was never begun."""
    ran = run({row: [answer] * 2000 for row in range(2, 102)}, rows=100, numbers=policy())
    assert ran.reason is StopReason.RATE_LIMITED
    assert {outcome.status for outcome in ran.outcomes.values()} == {Status.NOT_SENT}
    assert {outcome.code for outcome in ran.outcomes.values()} == {"rate_limited"}
    assert 300 <= ran.world.now - 1000.0 < 300 + 31 + 1
    assert len(ran.outcomes) == 4


def test_429s_with_anything_between_do_not_stop_the_run() -> None:
    """A slow API is not a closed one."""
    ran = run({row: [(429, 40.0)] for row in range(2, 32)}, rows=30)
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 30}
    assert ran.world.now - 1000.0 > 1000


def test_a_defect_stops_the_run() -> None:
    """Where the importer itself fails, the row may have been sent, and nothing else is."""
    ran = run({7: [Fault.DEFECT]})
    assert ran.reason is StopReason.INTERNAL_ERROR
    assert ends(ran, 7, 7) == [(Status.UNCONFIRMED, "internal_error", None, 1)]
    assert len(ran.sent) == 6


def test_the_first_reason_stands() -> None:
    """A refused key after Ctrl-C does not change why the run stopped, but is said of its row."""
    ran = Delivery(pending(9), scripted({2: [401]}), ONE, presses=[(0.05, StopReason.HUNG_UP)]).run()
    assert ran.reason is StopReason.HUNG_UP
    assert ends(ran, 2, 2) == [refused(401)]


def test_a_given_up_row_that_was_never_applied_before_is_in_doubt_all_the_same() -> None:
    """Giving up says that nobody knows, and earlier refusals do not change that."""
    ran = Delivery(
        pending(1),
        lambda attempt, _: (
            (0.1, fault(attempt.update, Fault.CONNECTION_REFUSED))
            if attempt.number == 1
            else (99.0, ok(attempt.update))
        ),
        presses=[(5.0, StopReason.INTERRUPTED)] * 2,
    ).run()
    assert ends(ran, 2, 2) == [(Status.UNCONFIRMED, "given_up", None, 2)]
