"""What a reply means: the table of the contract, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import product

import pytest

from importer.delivery.replies.reply_meaning import Meaning, Next, classify
from importer.delivery.replies.voice import Voice
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.statuses import Status
from tests.delivery.samples import GROUP, KEY, body, fault, http, ok, stored, unmasked, update

Line = tuple[Next, Status, bool, str]
OTHER = "0f0f0f0f-52a8-4f0e-9d57-0f1f6a3c9e11"
MAYBE = "it may or may not have been applied"


def meaning(reply: Reply) -> Meaning:
    """Return what a reply means for the sample row."""
    return classify(reply, update(), unmasked, Voice())


def line(found: Meaning) -> Line:
    """Return what a meaning decides."""
    return found.next, found.status, found.maybe, found.code


CONTRACT: Sequence[tuple[Collection[int], Line]] = [
    ({401, 407}, (Next.KEY_REFUSED, Status.NOT_SENT, False, "key_refused")),
    ({403}, (Next.FORBIDDEN, Status.REJECTED, False, "http_403")),
    ({408}, (Next.RETRY, Status.UNCONFIRMED, True, "http_{}")),
    ({425}, (Next.RETRY, Status.FAILED, False, "http_{}")),
    ({429}, (Next.WAIT_OUT, Status.NOT_SENT, False, "rate_limited")),
    (range(300, 400), (Next.FINISH, Status.REJECTED, False, "redirected")),
    (range(400, 500), (Next.FINISH, Status.REJECTED, False, "http_{}")),
    (range(500, 600), (Next.RETRY, Status.UNCONFIRMED, True, "http_{}")),
    (range(1000), (Next.FINISH, Status.UNCONFIRMED, True, "undocumented_status")),
]
"""What `CONTRACT.md` says of every status but 200, in the API's own voice; the first line with the status counts."""
STATUSES = [*(status for status in range(100, 600) if status != 200), 600, 799, 999]


def contract(status: int) -> Line:
    """Return what the contract says of a status other than 200."""
    following, row, maybe, code = next(line for statuses, line in CONTRACT if status in statuses)
    return following, row, maybe, code.format(status)


REFUSALS = [*product(STATUSES, [None, 7.0]), *product([408, 425, 429, 500, 503], [0.0])]
"""Each status, and how long the API asks to be waited for, where it does."""


def test_every_status_means_what_the_contract_says() -> None:
    """From 100 to 599, with and without `Retry-After`: what follows, what the row is, whether it may be applied."""
    decided = {refusal: line(_of_refusal(*refusal)) for refusal in REFUSALS}
    assert decided == {(status, retry_after_s): contract(status) for status, retry_after_s in REFUSALS}


def test_every_status_is_told_and_waited_for_as_it_means() -> None:
    """The message names the status, and doubt where there is some; nothing is applied; only who tries again waits."""
    told = {refusal: _told(_of_refusal(*refusal), refusal[0]) for refusal in REFUSALS}
    assert told == {
        (status, retry_after_s): (
            status,
            True,
            contract(status)[2],
            retry_after_s if _tries_again(status) else None,
            (False, ""),
        )
        for status, retry_after_s in REFUSALS
    }


def _of_refusal(status: int, retry_after_s: float | None) -> Meaning:
    return meaning(http(update(), status, retry_after_s=retry_after_s, words=body({"message": "why"})))


def _told(found: Meaning, status: int) -> tuple[object, ...]:
    return (
        found.http_status,
        str(status) in found.message,
        MAYBE in found.message,
        found.retry_after_s,
        (found.applied, found.updated_at),
    )


def _tries_again(status: int) -> bool:
    return contract(status)[0] in (Next.RETRY, Next.WAIT_OUT)


NEVER_LEFT = {
    Fault.NAME_NOT_RESOLVED,
    Fault.CONNECTION_REFUSED,
    Fault.UNREACHABLE,
    Fault.CONNECT_TIMED_OUT,
    Fault.TLS_FAILED,
    Fault.PROXY_FAILED,
}


@pytest.mark.parametrize("kind", Fault)
def test_every_fault_means_what_the_contract_says(kind: Fault) -> None:
    """Before the request began to leave it is certainly not applied; from then on it may be."""
    following = {Fault.GIVEN_UP: Next.FINISH, Fault.DEFECT: Next.DEFECT}.get(kind, Next.RETRY)
    maybe = kind not in NEVER_LEFT
    found = meaning(fault(update(), kind))
    assert line(found) == (following, Status.UNCONFIRMED if maybe else Status.FAILED, maybe, kind.value)
    assert (MAYBE in found.message) == maybe
    assert ("nothing was sent" in found.message) != maybe


@pytest.mark.parametrize(
    "kind", [Fault.REPLY_TRUNCATED, Fault.TIMED_OUT, Fault.REPLY_TOO_LARGE, Fault.REPLY_UNREADABLE]
)
def test_a_200_whose_body_did_not_arrive_may_be_applied(kind: Fault) -> None:
    """A status line alone confirms nothing, whatever is in the part of the body that did arrive."""
    cut = Reply(2, 0.1, kind, 200, "application/json", None, body(stored(update())))
    assert line(meaning(cut)) == (Next.RETRY, Status.UNCONFIRMED, True, kind.value)


def test_a_refusal_whose_body_did_not_arrive_is_a_refusal() -> None:
    """The first lines of a 400 say enough, where they do not say that it is a page."""
    cut = replace(fault(update(), Fault.REPLY_TRUNCATED, http_status=400), content_type="application/json")
    assert line(meaning(cut)) == (Next.FINISH, Status.REJECTED, False, "http_400")


def test_nothing_at_all_counts_as_a_lost_connection() -> None:
    """A reply with neither a status nor a fault leaves the row in doubt."""
    assert line(meaning(Reply(2, 0.1))) == (Next.RETRY, Status.UNCONFIRMED, True, "connection_lost")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="as documented"),
        pytest.param({"group_id": ...}, id="no group"),
        pytest.param({"group_id": None}, id="null for a group"),
        pytest.param({"created_at": ...}, id="no created_at"),
        pytest.param({"id": update().customer_id.upper(), "group_id": GROUP.upper()}, id="ids in capitals"),
        pytest.param({"phone": {"unknown": [1, 2.5e3, None, True]}}, id="more than documented"),
        pytest.param({"updated_at": "2025-07-21T12:43:14Z"}, id="whole seconds"),
        pytest.param({"updated_at": "2025-07-21t12:43:14.5+02:00"}, id="another offset"),
    ],
)
def test_the_documented_object_confirms(changes: dict[str, object]) -> None:
    """A 200 with this customer's object and the values that were sent is `updated`, with nothing to remark."""
    reply = ok(update(), **changes)
    found = meaning(reply)
    assert line(found) == (Next.FINISH, Status.UPDATED, False, "")
    assert (found.message, found.applied, found.http_status) == ("", True, 200)
    assert found.updated_at == json.loads(reply.body)["updated_at"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"first_name": " Zoë\u00a0"}, "first name", id="trimmed"),
        pytest.param({"first_name": "Zoe\u0308"}, "first name", id="decomposed"),
        pytest.param({"email": "Zoe.OBrien@Example.COM"}, "e-mail", id="an address in another case"),
        pytest.param(
            {"last_name": "O'Brien-Łuczak ", "email": "ZOE.OBRIEN@EXAMPLE.COM"}, "last name and e-mail", id="two"
        ),
    ],
)
def test_a_difference_that_is_forgiven_is_noted(changes: dict[str, object], named: str) -> None:
    """Blanks around, Unicode form and the case of addresses make no other value; the message says which field."""
    found = meaning(ok(update(), **changes))
    assert line(found) == (Next.FINISH, Status.UPDATED, False, "")
    assert f"holds the {named} in another spelling" in found.message


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"first_name": "zoë"}, "first name", id="a name in another case"),
        pytest.param({"first_name": "Zoe"}, "first name", id="a name without its accent"),
        pytest.param({"last_name": ""}, "last name", id="empty"),
        pytest.param({"email": "zoe@example.com"}, "e-mail", id="another address"),
        pytest.param({"first_name": "X", "email": "x@example.com"}, "first name and e-mail", id="two"),
    ],
)
def test_other_values_are_a_mismatch(changes: dict[str, object], named: str) -> None:
    """The fields that differ are named, their values are not; it is not tried again."""
    found = meaning(ok(update(), **changes))
    assert line(found) == (Next.FINISH, Status.MISMATCH, False, "different_values")
    assert f"another {named} than" in found.message
    assert found.updated_at == "2025-07-21T12:43:14.834028Z"
    assert not any(value and str(value) in found.message for value in changes.values())
    assert {one.field.value: one.held for one in found.differences} == changes
    assert {one.sent for one in found.differences} == {str(getattr(update(), field)) for field in changes}


def test_what_the_api_holds_is_made_fit_to_be_shown() -> None:
    """On one line, not longer than a quotation, and without the key; what it holds as it was sent is not told."""
    reply = ok(update(), last_name=f"Torres\n{KEY}", first_name="x" * 999)
    found = classify(reply, update(), lambda text: text.replace(KEY, "•••"), Voice())
    held = {one.field.value: one.held for one in found.differences}
    assert held == {"first_name": "x" * 299 + "…", "last_name": "Torres •••"}


@pytest.mark.parametrize("content_type", ["", "text/plain", "text/html; charset=utf-8"])
def test_the_right_object_under_a_wrong_content_type_confirms_and_is_noted(content_type: str) -> None:
    """What counts is the object; that it was not called JSON is remarked."""
    reply = Reply(2, 0.1, None, 200, content_type, None, body(stored(update())))
    found = meaning(reply)
    assert line(found) == (Next.FINISH, Status.UPDATED, False, "")
    assert "did not say that it is JSON" in found.message


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON ; charset=utf-8"])
def test_json_is_json_with_or_without_parameters(content_type: str) -> None:
    """Parameters and case of a content type are nothing to remark."""
    assert meaning(Reply(2, 0.1, None, 200, content_type, None, body(stored(update())))).message == ""


@pytest.mark.parametrize(
    "changes", [pytest.param({"id": OTHER}, id="customer"), pytest.param({"group_id": OTHER}, id="group")]
)
def test_another_customer_or_group_confirms_nothing(changes: dict[str, object]) -> None:
    """Trap 13: an answer that is somebody else's leaves the row in doubt, and is not tried again."""
    found = meaning(ok(update(), **changes))
    assert line(found) == (Next.FINISH, Status.UNCONFIRMED, True, "another_customer")
    assert found.updated_at == ""


WHOLE = json.dumps(stored(update()))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"OK", id="a word"),
        pytest.param(b"<!doctype html><title>Sign in</title>", id="a page"),
        pytest.param(WHOLE[:-20].encode(), id="cut"),
        pytest.param(b"null", id="null"),
        pytest.param(f"[{WHOLE}]".encode(), id="in a list"),
        pytest.param(b'{"data": %s}' % WHOLE.encode(), id="in an envelope"),
        pytest.param(WHOLE.replace("{", '{"x": NaN, ', 1).encode(), id="NaN"),
        pytest.param(WHOLE.replace("{", '{"x": -Infinity, ', 1).encode(), id="infinity"),
        pytest.param(WHOLE.replace("{", f'{{"x": {"9" * 5000}, ', 1).encode(), id="a number too long to read"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b"\xff\xfe\xfd", id="no text"),
        *(
            pytest.param(body(stored(update(), **{name: ...})), id=f"no {name}")
            for name in ("id", "updated_at", "first_name", "last_name", "email")
        ),
        pytest.param(body(stored(update(), id="")), id="empty id"),
        pytest.param(body(stored(update(), id=5)), id="a number for an id"),
        pytest.param(body(stored(update(), group_id=5)), id="a number for a group"),
        pytest.param(body(stored(update(), email=None)), id="null for an address"),
        *(
            pytest.param(body(stored(update(), updated_at=when)), id=f"updated_at {when}")
            for when in (
                "",
                "yesterday",
                "2025-07-21",
                "2025-07-21T12:43:14",
                "2025-13-21T12:43:14Z",
                "2025-07-32T12:43:14Z",
                "2025-07-21T24:43:14Z",
                "2025-07-21T12:43:14.Z",
                "2025-07-21T12:43:14.834028Z\n",
                "٢٠٢٥-07-21T12:43:14Z",
                f"2025-07-21T12:43:14.{'0' * 10_000}Z",
            )
        ),
    ],
)
def test_a_200_that_is_not_the_object_confirms_nothing(answer: bytes) -> None:
    """Trap 13: only the documented object counts; anything else may or may not be applied, and is tried again."""
    found = meaning(Reply(2, 0.1, None, 200, "application/json", None, answer))
    assert line(found) == (Next.RETRY, Status.UNCONFIRMED, True, "not_the_customer_object")
    assert found.updated_at == ""
    assert ("web page" in found.message) == answer.startswith(b"<")


def test_the_apis_own_words_are_quoted_and_masked() -> None:
    """A refusal says why, in the API's words, without the key."""
    reply = http(update(), 422, words=body({"message": f"email bounced for {KEY}"}))
    found = classify(reply, update(), lambda text: text.replace(KEY, "•••"), Voice())
    assert found.message == "The API refused this row (HTTP 422): “email bounced for •••”"


def test_doubt_comes_after_the_apis_own_words() -> None:
    """A failure's message ends with what it means for the row."""
    assert meaning(http(update(), 500, words=b"oops")).message == f"The API failed (HTTP 500): “oops”; {MAYBE}"


@pytest.mark.parametrize("status", [200, 201, 202, 206, 299, 103])
def test_what_a_success_holds_is_never_quoted(status: int) -> None:
    """A 2xx may hold somebody else's data, which has no business in this row's message."""
    held = body(stored(update(), id=OTHER, first_name="Ingeborg", email="ingeborg@example.net"))
    found = meaning(http(update(), status, words=held))
    assert "ngeborg" not in found.message


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda good: good.replace(b'{"', b'{"id": "x", "', 1), id="a name that is repeated"),
        pytest.param(lambda good: good.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(lambda good: body(json.loads(good) | {"group_id": False}), id="a group that is no text"),
    ],
)
def test_what_is_nearly_the_object_confirms_nothing(answer: Callable[[bytes], bytes]) -> None:
    """Two readers could read such an answer as two things."""
    found = meaning(http(update(), 200, words=answer(body(stored(update())))))
    assert (found.status, found.code) == (Status.UNCONFIRMED, "not_the_customer_object")
