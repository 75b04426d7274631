"""Everything that an outcome says, word for word, and what is kept of a row between two attempts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importer.delivery.replies.refusals import Refusals, points_elsewhere
from importer.delivery.replies.reply_meaning import Meaning, Next, blocked_for_good, classify, without_words
from importer.delivery.replies.row_history import DeliveryRow, not_sent, reconsidered, settle, undecided
from importer.delivery.replies.voice import Voice
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Outcome, Waiting
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import ACCOUNT, GROUP, body, fault, http, ok, page, unmasked, update

PLACE = (GROUP, ACCOUNT)


def meaning(reply: Reply) -> Meaning:
    """Return what a reply means where nothing is confirmed yet."""
    return classify(reply, update(), unmasked, Voice())


def row_after(*replies: Reply, interrupted: bool = False, free: bool = False) -> DeliveryRow:
    """Return a row whose attempts got these answers, the last of which took 1.5 s."""
    row = DeliveryRow(update(), interrupted=interrupted)
    for reply in replies:
        row.attempts += 1
        row.learn(meaning(reply), free=free)
    row.latency_s = 1.5
    return row


def last(row: DeliveryRow) -> Meaning:
    """Return the newest meaning of a row that has one."""
    assert row.last is not None
    return row.last


FAILED = http(update(), 500, words=body({"message": "Oops!"}))
REFUSED = http(update(), 422, words=body({"message": "bounced"}))
EARLY = http(update(), 425)
UPDATED_AT = "2025-07-21T12:43:14.834028Z"
UNTRUSTED = "No trusted TLS connection to the API could be made"
TRIED_AGAIN = "The run stopped before it was tried again"


@pytest.mark.parametrize(
    ("replies", "interrupted", "expected"),
    [
        ([ok(update())], False, Outcome(2, Status.UPDATED, "", "", 200, 1, UPDATED_AT, latency_s=1.5)),
        (
            [FAILED, ok(update(), first_name=" Zoë")],
            True,
            Outcome(
                2,
                Status.UPDATED,
                "",
                "The API holds the first name in another spelling: other spaces, accents or case. Confirmed at"
                " attempt 2. It was in flight when the run was cut off, and was sent again",
                200,
                2,
                UPDATED_AT,
                latency_s=1.5,
            ),
        ),
        (
            [REFUSED],
            False,
            Outcome(
                2, Status.REJECTED, "http_422", "The API refused this row (HTTP 422): “bounced”", 422, 1, latency_s=1.5
            ),
        ),
        (
            [EARLY, REFUSED],
            True,
            Outcome(
                2,
                Status.REJECTED,
                "http_422",
                "The API refused this row (HTTP 422): “bounced”. Tried 2 times. It was in flight when the run was cut"
                " off, and was sent again",
                422,
                2,
                latency_s=1.5,
            ),
        ),
        (
            [FAILED, REFUSED],
            False,
            Outcome(
                2,
                Status.UNCONFIRMED,
                "http_500",
                "The API failed (HTTP 500): “Oops!”; it may or may not have been applied. The last of 2 attempts: The"
                " API refused this row (HTTP 422): “bounced”",
                500,
                2,
                latency_s=1.5,
            ),
        ),
        (
            [fault(update(), Fault.TLS_FAILED)],
            False,
            Outcome(2, Status.FAILED, "tls_failed", f"{UNTRUSTED}; nothing was sent", None, 1, latency_s=1.5),
        ),
    ],
)
def test_how_a_row_ends(replies: list[Reply], interrupted: bool, expected: Outcome) -> None:  # noqa: FBT001 - a case
    """With its history, and how long the last attempt took."""
    row = row_after(*replies, interrupted=interrupted)
    assert settle(row, last(row)) == expected


def test_how_a_row_ends_over_which_the_run_stops() -> None:
    """It was not sent, as the API has said; or the doubt is told, and why the run stopped."""
    row = row_after(http(update(), 401))
    assert not_sent(row, last(row), StopReason.KEY_REFUSED) == Outcome(
        2, Status.NOT_SENT, "key_refused", "The API key was refused (HTTP 401). The run stopped over this", 401, 1,
        latency_s=1.5,
    )  # fmt: skip
    row = row_after(page(405))
    found = not_sent(row, last(row), StopReason.TARGET_REFUSED)
    assert (found.status, found.code, found.latency_s) == (Status.UNCONFIRMED, "answered_in_front", 1.5)
    assert found.message.endswith("it may or may not have been applied. The run stopped over this")


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([], Outcome(2, Status.NOT_SENT, "api_down", TRIED_AGAIN, None, 0, latency_s=1.5)),
        (
            [EARLY],
            Outcome(
                2, Status.NOT_SENT, "api_down", f"The API asked to try again later (HTTP 425). {TRIED_AGAIN}", 425, 1,
                latency_s=1.5,
            ),
        ),
        (
            [FAILED],
            Outcome(
                2, Status.UNCONFIRMED, "http_500",
                f"The API failed (HTTP 500): “Oops!”; it may or may not have been applied. {TRIED_AGAIN}", 500, 1,
                latency_s=1.5,
            ),
        ),
    ],
)  # fmt: skip
def test_how_a_row_ends_that_waits_when_the_run_stops(replies: list[Reply], expected: Outcome) -> None:
    """As what its attempts have shown."""
    assert undecided(row_after(*replies), StopReason.API_DOWN) == expected


def test_what_is_kept_of_a_row_between_two_attempts() -> None:
    """How many there were, whether one may have been applied, and what came of the last."""
    assert row_after().waiting() == Waiting(2, 0, False, 1.5, None, "")
    assert row_after(EARLY).waiting() == Waiting(2, 1, False, 1.5, 425, "http_425")
    assert row_after(EARLY, FAILED).waiting() == Waiting(2, 2, True, 1.5, 500, "http_500")


def test_what_counts_as_a_try() -> None:
    """Not what asks to slow down, and not what is free."""
    assert row_after(FAILED, EARLY).tries == 2
    assert row_after(http(update(), 429), FAILED).tries == 1
    assert row_after(FAILED, free=True).tries == 0
    row = DeliveryRow(update())
    row.learn(meaning(FAILED))
    assert (row.tries, row.doubted_otherwise, row.answered_in_front) == (1, True, [])
    row = row_after(page(404))
    assert (row.doubted_otherwise, len(row.answered_in_front)) == (False, 1)


def test_a_row_whose_answers_were_the_apis_own_is_refused_as_any_other() -> None:
    """If it turns out so: with its words and its tries, and in no doubt."""
    voice = Voice(["gunicorn"])
    refusal = replace(http(update(), 404, words=body({"message": "unknown"})), server="uvicorn")
    row = DeliveryRow(update(), attempts=2, latency_s=1.5)
    for _ in range(2):
        row.learn(classify(refusal, update(), unmasked, voice))
    other = reconsidered(row, last(row))
    assert other is not None
    assert other.products == ["uvicorn", "uvicorn"]
    assert other.outcome == Outcome(
        2, Status.REJECTED, "http_404", "The API refused this row (HTTP 404): “unknown”. Tried 2 times", 404, 2,
        latency_s=1.5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(2, 0.1), "The connection was lost before an answer came"),
        (fault(update(), Fault.UNREACHABLE), "The API's host could not be reached"),
        (http(update(), 503, words=b"private"), "The API failed (HTTP 503)"),
        (http(update(), 404), "The API refused this row (HTTP 404)"),
    ],
)
def test_what_a_reply_comes_to_without_its_words(reply: Reply, sentence: str) -> None:
    """As whoever watches is told it."""
    assert without_words(reply) == sentence


@pytest.mark.parametrize(
    ("retry_after_s", "sentence"), [(None, "The API failed"), (7.0, "The API asked to try again later")]
)
def test_a_503_says_what_it_asks_for(retry_after_s: float | None, sentence: str) -> None:
    """Both are doubtful."""
    assert meaning(http(update(), 503, retry_after_s=retry_after_s)).message.startswith(f"{sentence} (HTTP 503)")


@pytest.mark.parametrize("status", [102, 202, 299, 600])
def test_nothing_is_said_of_an_undocumented_status_but_the_status(status: int) -> None:
    """Whatever is in it."""
    assert meaning(http(update(), status, words=b"private")).message == (
        f"The API answered with a status that it does not document (HTTP {status}); it may or may not have been applied"
    )


def test_a_200_that_is_no_object_says_no_more_than_that() -> None:
    """But that it is a page, if so."""
    end = "; it may or may not have been applied"
    assert (
        meaning(http(update(), 200, words=b"OK")).message
        == f"The API answered 200, but not with the customer object{end}"
    )
    assert (
        meaning(page(200)).message == f"The API answered 200, but not with the customer object: it is a web page{end}"
    )


def test_two_remarks_are_two_sentences() -> None:
    """Another spelling, and no JSON by its name."""
    found = meaning(replace(ok(update(), email="ZOE.obrien@example.com"), content_type="text/plain"))
    assert found.message == (
        "The API holds the e-mail in another spelling: other spaces, accents or case. The answer was right, but did not"
        " say that it is JSON"
    )


def test_a_row_that_is_blocked_for_what_it_holds_is_at_its_end() -> None:
    """It asks for nothing any more."""
    wall = classify(replace(page(403), retry_after_s=9.0), update(), unmasked, Voice(), is_confirmed=True)
    assert (wall.next, wall.retry_after_s) == (Next.WAIT_OUT, 9.0)
    found = blocked_for_good(wall)
    assert (found.next, found.status, found.code, found.retry_after_s) == (
        Next.FINISH,
        Status.NOT_SENT,
        "blocked",
        None,
    )
    assert found.message == f"{wall.message}; it was so each time, while other rows were let through"


def test_who_has_confirmed_before_is_no_wrong_target_and_no_wrong_key() -> None:
    """A watch over the rest of a run, or over a retry."""
    watch = Refusals.after([PLACE])
    assert watch.has_confirmed(PLACE)
    assert [watch.judge(meaning(page(404)), PLACE) for _ in range(12)] == [None] * 12
    assert watch.judge(meaning(http(update(), 403)), PLACE) is None
    fresh = Refusals.after([])
    assert not fresh.has_confirmed(PLACE)
    assert [fresh.judge(meaning(page(404)), PLACE) for _ in range(10)] == [None] * 9 + [StopReason.TARGET_REFUSED]


def test_where_a_reply_points_elsewhere() -> None:
    """Any redirect, 404 and 405."""
    elsewhere = {status for status in range(100, 600) if points_elsewhere(meaning(http(update(), status)))}
    assert elsewhere == {*range(300, 400), 404, 405}
    assert not points_elsewhere(meaning(fault(update(), Fault.TIMED_OUT)))
