"""What becomes of rows where something in front of the API answers, in simulated time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from importer.delivery.policy import Policy
from importer.delivery.replies.voice import Voice
from importer.delivery.wire.attempts import Reply
from importer.model.rows import Attempt
from importer.model.run import MaxErrors
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import http, ok, page, pending
from tests.delivery.simulation import Api, Delivery, Ran, policy, scripted

IN_FRONT = (Status.UNCONFIRMED, "answered_in_front")
NGINX = page(404)
ONE = policy(concurrency=1)


def run(script: Mapping[int, Sequence[object]], numbers: Policy = ONE, *, rows: int = 30) -> Ran:
    """Deliver rows from 2 on, of which some get other answers than a confirmation."""
    return Delivery(pending(rows), scripted(script), numbers).run()


def end(ran: Ran, row: int) -> tuple[Status, str, int]:
    """Return how a row ended: its status, its code, and its attempts."""
    outcome = ran.outcomes[row]
    return outcome.status, outcome.code, outcome.attempts


def named(reply: Reply, server: str) -> Reply:
    """Return a reply of a server with a name."""
    return replace(reply, server=server)


@pytest.mark.parametrize("status", [301, 302, 404, 405, 410, 418])
def test_it_is_tried_once_more_and_then_in_doubt(status: int) -> None:
    """Whatever tries are left; the message says that somebody else has answered."""
    ran = run({7: [page(status)] * 9})
    assert (ran.reason, end(ran, 7)) == (None, (*IN_FRONT, 2))
    assert ran.counts() == {Status.UPDATED: 29, Status.UNCONFIRMED: 1}
    assert "Something in front of the API answered" in ran.outcomes[7].message
    assert "Tried 2 times" in ran.outcomes[7].message


def test_a_confirmation_of_the_second_try_counts() -> None:
    """As ever."""
    ran = run({7: [NGINX]})
    assert (end(ran, 7), ran.outcomes[7].message) == ((Status.UPDATED, "", 2), "Confirmed at attempt 2")


def test_a_refusal_of_the_second_try_does_not_undo_the_doubt() -> None:
    """The first request may have been applied: a refusal of the second says nothing of it."""
    ran = run({7: [NGINX, 400]})
    assert end(ran, 7) == (*IN_FRONT, 2)
    assert "The last of 2 attempts: The API refused this row (HTTP 400)" in ran.outcomes[7].message


def test_the_one_more_try_costs_no_budget() -> None:
    """However many rows need it, an outage later on finds the whole budget."""
    answers = {row: [page(404)] * 2 for row in range(3, 103)}
    ran = run(answers, policy(concurrency=1, retry_budget=0, retry_share=0.0), rows=110)
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 10, Status.UNCONFIRMED: 100}
    assert len(ran.sent) == 210


def test_where_a_row_has_one_try_there_is_no_other() -> None:
    """What somebody has asked for is kept to."""
    assert end(run({7: [NGINX] * 9}, policy(concurrency=1, max_attempts=1)), 7) == (*IN_FRONT, 1)


def test_other_troubles_of_the_row_have_their_tries() -> None:
    """One more try after the answer in front, and all others for what else may help."""
    assert end(run({7: [500, NGINX, 500, NGINX]}), 7) == (*IN_FRONT, 4)
    assert end(run({7: [NGINX, 500, 500, 500, 500, 500]}), 7) == (Status.UNCONFIRMED, "http_500", 5)


def test_no_row_is_held_back() -> None:
    """Its outcome is there as soon as it is decided, and counts as an error then."""
    ran = run({row: [page(418)] * 2 for row in range(3, 8)}, policy(concurrency=1, max_errors=MaxErrors.parse("3")))
    assert ran.reason is StopReason.TOO_MANY_ERRORS
    assert len(ran.sent) == 1 + 4 * 2


def test_the_canary_sees_it() -> None:
    """A first row that is in doubt is not confirmed."""
    ran = run({2: [page(418)] * 2}, policy(concurrency=1, canary=1))
    assert (ran.reason, ran.counts()) == (StopReason.CANARY_FAILED, {Status.UNCONFIRMED: 1})


@pytest.mark.parametrize("status", [302, 404, 405])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_ten_pages_at_the_beginning_are_a_wrong_target(status: int, concurrency: int) -> None:
    """A captive portal answers every row so, and so does a maintenance page behind which every row was applied."""
    ran = run({row: [page(status)] * 2 for row in range(2, 32)}, policy(concurrency=concurrency))
    assert ran.reason is StopReason.TARGET_REFUSED
    assert {(outcome.status, outcome.code) for outcome in ran.outcomes.values()} == {IN_FRONT}
    assert len(ran.sent) <= 10 + concurrency
    assert all("The run stopped" in outcome.message for outcome in ran.outcomes.values())


@pytest.mark.parametrize("status", [302, 404, 405])
def test_ten_refusals_in_the_apis_voice_at_the_beginning_were_not_sent(status: int) -> None:
    """Nobody has applied them, whoever that was."""
    ran = run({row: [status] * 2 for row in range(2, 32)})
    assert ran.reason is StopReason.TARGET_REFUSED
    assert {(outcome.status, outcome.code) for outcome in ran.outcomes.values()} == {
        (Status.NOT_SENT, "target_refused")
    }


def test_a_row_that_is_in_doubt_otherwise_stays_so_where_the_target_is_wrong() -> None:
    """The 500 may have come from the API."""
    ran = run({row: [500, page(404), page(404)] if row == 2 else [page(404)] * 2 for row in range(2, 32)})
    assert ran.outcomes[2].status is Status.UNCONFIRMED


def test_a_page_that_is_told_before_a_stop_leaves_the_row_in_doubt() -> None:
    """Nobody knows whether the API has seen the request."""
    presses = [(0.15, StopReason.INTERRUPTED)]
    script = {row: [page(404)] * 2 for row in range(2, 32)}
    ran = Delivery(pending(30), scripted(script), ONE, presses=presses).run()
    assert (ran.reason, end(ran, 2)) == (StopReason.INTERRUPTED, (*IN_FRONT, 1))


def test_the_keys_refusal_does_not_undo_the_doubt() -> None:
    """The message says both."""
    ran = run({7: [NGINX, 401]})
    assert (ran.reason, end(ran, 7)) == (StopReason.KEY_REFUSED, (*IN_FRONT, 2))
    assert "Then the run stopped: The API key was refused" in ran.outcomes[7].message


def by_servers(servers: Mapping[int, str], refused: Mapping[int, Reply], numbers: Policy = ONE) -> Delivery:
    """Return the delivery of ten rows, one after the other, that are confirmed by these servers or refused so."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        row = attempt.update.row
        answer = refused.get(row) or ok(attempt.update)
        return 0.1, named(replace(answer, row=row), answer.server or servers.get(row, "gunicorn"))

    return Delivery(pending(10), api, numbers)


def test_a_doubt_is_judged_again_with_all_confirmations() -> None:
    """Two servers answer for the API, as the ninth row shows, and so the refusal of the fourth was its own."""
    refusal = named(http(pending(1)[0].update, 404, words=b'{"message": "unknown"}'), "uvicorn")
    ran = by_servers({10: "uvicorn"}, {4: refusal}).run()
    assert end(ran, 4) == (Status.REJECTED, "http_404", 2)
    assert ran.outcomes[4].message == "The API refused this row (HTTP 404): “unknown”. Tried 2 times"
    assert ran.books.products == ["gunicorn", "uvicorn"]


def test_a_doubt_stays_where_no_confirmation_speaks_against_it() -> None:
    """A JSON object of another product than all confirmations."""
    refusal = named(http(pending(1)[0].update, 404), "awselb/2.0")
    assert end(by_servers({}, {4: refusal}).run(), 4) == (*IN_FRONT, 2)


def test_a_doubt_stays_where_only_others_answer_by_another_name() -> None:
    """That the API answers by two names does not make a third one its own."""
    refusal = named(http(pending(1)[0].update, 404), "awselb/2.0")
    assert end(by_servers({10: "uvicorn"}, {4: refusal}).run(), 4) == (*IN_FRONT, 2)


def test_a_page_is_never_judged_to_be_the_apis() -> None:
    """Whoever gives confirmations beside it."""
    ran = by_servers({10: "nginx"}, {4: NGINX}).run()
    assert end(ran, 4) == (*IN_FRONT, 2)


@pytest.mark.parametrize("first", [http(pending(1)[0].update, 500), NGINX])
def test_another_doubt_of_the_row_is_not_lifted(first: Reply) -> None:
    """The first request may have been applied, whoever refused the second."""
    answers = iter([first])

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        row = attempt.update.row
        if row != 4:
            return 0.1, named(ok(attempt.update), "uvicorn" if row == 10 else "gunicorn")
        refusal = named(http(attempt.update, 404), "uvicorn")
        return 0.1, replace(next(answers, refusal), row=row)

    ran = Delivery(pending(10), api, ONE).run()
    assert ran.outcomes[4].status is Status.UNCONFIRMED


def test_a_refusal_is_believed_until_the_first_confirmation_speaks_against_it() -> None:
    """A gateway's JSON before the API was heard: the row may have been applied."""
    refusal = named(http(pending(1)[0].update, 404, words=b'{"message": "gone"}'), "awselb/2.0")
    ran = by_servers({}, {2: refusal}).run()
    assert end(ran, 2) == (*IN_FRONT, 1)
    assert "Something in front of the API answered (HTTP 404): “gone”" in ran.outcomes[2].message


@pytest.mark.parametrize("server", ["gunicorn/21", ""])
def test_a_refusal_stays_where_the_first_confirmation_does_not_speak_against_it(server: str) -> None:
    """The same product, or a header that is absent."""
    refusal = named(http(pending(1)[0].update, 404), server)
    ran = Delivery(
        pending(10),
        lambda attempt, _: (
            0.1,
            replace(refusal, row=2) if attempt.update.row == 2 else named(ok(attempt.update), "gunicorn"),
        ),
        ONE,
    ).run()
    assert end(ran, 2) == (Status.REJECTED, "http_404", 1)


def test_a_refusal_that_was_told_already_is_revised() -> None:
    """Ten other replies before the first confirmation: the row was `rejected` meanwhile."""
    refusal = named(http(pending(1)[0].update, 410), "awselb/2.0")
    ran = by_servers({}, dict.fromkeys(range(2, 6), refusal)).run()
    assert {end(ran, row) for row in range(2, 6)} == {(*IN_FRONT, 1)}
    assert ran.counts() == {Status.UNCONFIRMED: 4, Status.UPDATED: 6}


@pytest.mark.parametrize(
    ("confirmed_by", "expected"),
    [("gunicorn", IN_FRONT), ("awselb", (Status.REJECTED, "http_410")), ("", (Status.REJECTED, "http_410"))],
)
def test_a_refusal_that_an_earlier_process_has_believed_is_judged_by_the_first_confirmation(
    confirmed_by: str, expected: tuple[Status, str]
) -> None:
    """It came before any, and then that process ended: what it told of such rows is handed over."""
    refusal = named(http(pending(1)[0].update, 410), "awselb/2.0")
    stopped = by_servers({}, dict.fromkeys((2, 3), refusal), replace(ONE, max_errors=MaxErrors(count=1))).run()
    assert {end(stopped, row) for row in (2, 3)} == {(Status.REJECTED, "http_410", 1)}
    believed = stopped.books.believed
    assert [(one.outcome.row, one.products) for one in believed] == [(2, ["awselb"]), (3, ["awselb"])]
    left = [row for row in pending(10) if row.update.row > 3]
    ran = Delivery(left, lambda attempt, _: (0.1, named(ok(attempt.update), confirmed_by)), ONE, believed=believed)
    resumed = ran.run()
    assert {end(resumed, row) for row in (2, 3)} == {(*expected, 1)}
    assert resumed.counts()[Status.UPDATED] == len(left)


@pytest.mark.parametrize(("earlier", "expected"), [("gunicorn", IN_FRONT[0]), ("awselb", Status.REJECTED)])
def test_a_refusal_that_was_believed_is_judged_by_what_another_run_was_answered_by(
    earlier: str, expected: Status
) -> None:
    """Where nothing is confirmed by this run to its end."""
    refusal = named(http(pending(1)[0].update, 410), "awselb/2.0")
    stopped = by_servers({}, {2: refusal}, replace(ONE, max_errors=MaxErrors(count=0))).run()
    left = [row for row in pending(3) if row.update.row > 2]
    again = Delivery(left, scripted({row: [400] for row in (3, 4)}), ONE, voice=Voice(earlier=[earlier]))
    assert replace(again, believed=stopped.books.believed).run().outcomes[2].status is expected


def test_a_row_that_was_in_doubt_before_its_refusal_stays_so_whoever_confirms() -> None:
    """What the refusal turns out to be changes nothing."""
    refusal = named(http(pending(1)[0].update, 410), "awselb/2.0")
    script: dict[int, Sequence[object]] = {2: [500, refusal], 3: [500]}

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        latency_s, answer = scripted(script)(attempt, now)
        return latency_s, named(answer, "gunicorn") if answer.http_status == 200 else answer

    assert end(Delivery(pending(1), api, ONE).run(), 2) == (Status.UNCONFIRMED, "http_500", 2)
    ran = Delivery(pending(2), api, ONE).run()
    assert (end(ran, 2), end(ran, 3)) == ((Status.UNCONFIRMED, "http_500", 2), (Status.UPDATED, "", 2))


def test_a_refusal_of_what_the_request_holds_is_certain_whoever_confirms_later() -> None:
    """400 is in nobody's voice."""
    refusal = named(http(pending(1)[0].update, 400), "awselb/2.0")
    assert end(by_servers({}, {2: refusal}).run(), 2) == (Status.REJECTED, "http_400", 1)


def test_what_the_last_run_was_answered_by_counts_from_the_beginning() -> None:
    """A gateway's JSON before the first confirmation of this run."""
    refusal = named(http(pending(1)[0].update, 410), "awselb/2.0")
    delivery = Delivery(pending(3), scripted({2: [refusal] * 2}), ONE, voice=Voice(earlier=["gunicorn"]))
    assert end(delivery.run(), 2) == (*IN_FRONT, 2)


def test_a_wall_is_waited_out() -> None:
    """It is no try, and none of three refusals of the key."""
    ran = run({row: [page(403)] * 2 for row in range(5, 12)}, policy(concurrency=1, max_attempts=2))
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 30})


def test_a_wall_before_one_row_holds_up_no_other() -> None:
    """A firewall may dislike a name: the row is left, and the others go on at full pace."""
    free = run({})
    ran = run({7: [page(403)] * 2000}, policy(concurrency=1, max_attempts=3))
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 29, Status.NOT_SENT: 1})
    assert end(ran, 7) == (Status.NOT_SENT, "blocked", 4)
    assert "while other rows were let through" in ran.outcomes[7].message
    others = [time for row in range(2, 32) if row != 7 for time in ran.times(row)]
    assert max(others) <= max(free.times()) + 4 * 0.1 + 1e-6


def walled(rows: Collection[int], *, since: float = 0.0, until: float = float("inf")) -> Api:
    """Return an API with a wall in front that blocks these rows for a while."""
    began: list[float] = []

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        began.append(now)
        is_blocked = attempt.update.row in rows and since <= now - began[0] < until
        return 0.1, replace(page(403), row=attempt.update.row) if is_blocked else ok(attempt.update)

    return api


def test_a_wall_before_all_rows_stops_everything_for_a_while() -> None:
    """Nobody knocks at it again and again, and when it is gone, all go on."""
    ran = Delivery(pending(30), walled(range(2, 32), since=0.15, until=20.0), policy(concurrency=4)).run()
    assert (ran.reason, ran.counts()) == (None, {Status.UPDATED: 30})
    assert len(ran.sent) < 30 + 30


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("rows", [range(4, 60, 3), (60, 61), (5, 6, 7, 8), (61,)], ids=str)
def test_a_wall_before_some_rows_keeps_no_other_from_being_sent(rows: Collection[int], concurrency: int) -> None:
    """A firewall that dislikes what these hold: however many there are, all others are confirmed, and it goes on."""
    ran = Delivery(pending(60), walled(rows), policy(concurrency=concurrency, max_attempts=3)).run()
    assert ran.counts()[Status.UPDATED] == 60 - len(rows)
    ends = {end(ran, row)[:2] for row in rows if row in ran.outcomes}
    assert ends == {(Status.NOT_SENT, "blocked")}
    if len(rows) > 2:
        assert ran.reason is None


def test_a_wall_that_stays_stops_the_run() -> None:
    """After five minutes of nothing else; its rows were not sent."""
    ran = run({row: [page(403)] * 2000 for row in range(5, 32)})
    assert ran.reason is StopReason.BLOCKED
    assert end(ran, 5)[:2] == (Status.NOT_SENT, "blocked")
    assert ran.counts()[Status.UPDATED] == 3
    assert set(ran.counts()) == {Status.UPDATED, Status.NOT_SENT}
    assert len(ran.sent) < 60
    assert 300 <= ran.world.now - 1000.0 < 340


def test_a_wall_between_refusals_of_the_key_changes_nothing() -> None:
    """Three 403 of the API, one after the other, are the key, whatever a wall says between them."""
    ran = run({5: [403], 6: [page(403), 403], 7: [page(403), page(403), 403]}, rows=6)
    assert ran.reason is StopReason.KEY_REFUSED
    assert {ran.outcomes[row].status for row in (5, 6, 7)} == {Status.NOT_SENT}


def test_a_page_with_403_is_the_key_while_nothing_is_confirmed() -> None:
    """A gateway that knows the key."""
    ran = run({2: [page(403)]})
    assert (ran.reason, ran.counts()) == (StopReason.KEY_REFUSED, {Status.NOT_SENT: 1})


@pytest.mark.parametrize("answer", [408, (408, 2.0), (503, 2.0)])
def test_who_asks_to_come_back_may_have_applied_it(answer: object) -> None:
    """It is waited for as asked, and in doubt at worst."""
    ran = run({7: [answer] * 9}, policy(concurrency=1, max_attempts=3))
    assert end(ran, 7)[0] is Status.UNCONFIRMED
    assert end(ran, 7)[2] == 3
    wait_s = answer[1] if isinstance(answer, tuple) else 0.25
    assert ran.times(7)[1] - ran.times(7)[0] >= wait_s
