"""The endpoint over a real socket: what it answers, and in which order it refuses."""

from __future__ import annotations

import re
import socket
import sqlite3
import statistics
import time
import urllib.request
import uuid
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from importer.sandbox import Customer, Sandbox, SandboxOptions

from .client import ACCOUNT, GOOD, GROUP, OTHER_GROUP, Put, ask, connect, send, to
from .conftest import Logged

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_update_is_answered_with_the_documented_object(base_url: str) -> None:
    """A good request is answered 200 with the customer as it is stored, its times in microseconds."""
    put = Put(GOOD | {"first_name": "Žofie", "last_name": "Ångström 李"})
    answer = send(base_url, put)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    document = answer.document
    assert MOMENT.fullmatch(document.pop("created_at"))
    assert MOMENT.fullmatch(document.pop("updated_at"))
    assert document == {
        "id": put.customer_id,
        "group_id": GROUP,
        "first_name": "Žofie",
        "last_name": "Ångström 李",
        "email": "ada@example.com",
    }


def test_updated_at_increases_with_every_update(base_url: str) -> None:
    """However quickly updates of a customer follow each other, each is later than the last; its creation stays."""
    put = Put()
    with closing(connect(base_url)) as connection:
        documents = [ask(connection, put).document for _ in range(20)]
    moments = [document["updated_at"] for document in documents]
    assert moments == sorted(set(moments))
    assert len({document["created_at"] for document in documents}) == 1


def test_ids_are_compared_without_case(base_url: str) -> None:
    """The same customer is met under upper and lower case, and answered in lower case."""
    put = Put(customer_id=str(uuid.uuid4()).upper(), group_id=GROUP.upper())
    first = send(base_url, put).document
    second = send(base_url, Put(customer_id=put.customer_id.lower())).document
    assert first["id"] == second["id"] == put.customer_id.lower()
    assert first["group_id"] == GROUP
    assert first["created_at"] == second["created_at"]


def test_values_are_stored_as_sent(base_url: str) -> None:
    """Nothing is trimmed, folded or composed."""
    body = {"first_name": " Jose\u0301 ", "last_name": "\ufeffO'Neill\t", "email": "Ada@Example.COM"}
    document = send(base_url, Put(body)).document
    assert {name: document[name] for name in body} == body


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        pytest.param(None, 401, "key_missing", id="none"),
        pytest.param("", 401, "key_missing", id="empty"),
        pytest.param("  ", 401, "key_missing", id="blank"),
        pytest.param("refused", 401, "key_refused", id="refused"),
        pytest.param("readonly", 403, "key_not_allowed", id="readonly"),
    ],
)
def test_key_is_refused(base_url: str, key: str | None, status: int, code: str) -> None:
    """Without a key, or with one of the two bad ones, a request is refused whatever else is wrong with it."""
    answer = send(base_url, Put(b"no JSON", customer_id="no-uuid", key=key))
    assert (answer.status, answer.error["code"]) == (status, code)


@pytest.mark.parametrize("key", ["k", "Refused", "Bearer of news", "sandbox"])
def test_any_other_key_is_good(base_url: str, key: str) -> None:
    """Every key but the two bad ones may manage customers."""
    assert send(base_url, Put(key=key)).status == 200


@pytest.mark.parametrize(
    ("put", "code"),
    [
        pytest.param(Put(b"no JSON", group_id="9"), "group_not_found", id="group-no-uuid"),
        pytest.param(Put(b"no JSON", group_id=f"{{{GROUP}}}"), "group_not_found", id="group-in-braces"),
        pytest.param(Put(b"no JSON", customer_id="C-100"), "customer_not_found", id="customer-no-uuid"),
        pytest.param(Put(b"no JSON", customer_id=uuid.uuid4().hex), "customer_not_found", id="customer-no-hyphens"),
        pytest.param(Put(b"no JSON", customer_id=f"{GROUP}%0A"), "customer_not_found", id="customer-with-line-end"),
        pytest.param(Put(b"no JSON", account_id="a/b"), "not_found", id="too-many-segments"),
    ],
)
def test_unknown_target_is_refused_before_the_body_is_looked_at(base_url: str, put: Put, code: str) -> None:
    """A group or customer that cannot be is answered 404, whatever the body."""
    answer = send(base_url, put)
    assert (answer.status, answer.error["code"]) == (404, code)


def test_only_registered_customers_are_known() -> None:
    """One registered for a group is known there alone, one registered for none in every group."""
    bound, free = str(uuid.uuid4()), str(uuid.uuid4())
    customers = [Customer(GROUP.upper(), bound.upper()), Customer(None, free)]
    with Sandbox(SandboxOptions(), customers) as sandbox:
        statuses = {
            (who, group): send(sandbox.base_url, Put(customer_id=who, group_id=group)).status
            for who in (bound, free, str(uuid.UUID(int=0)))
            for group in (GROUP, OTHER_GROUP)
        }
    assert list(statuses.values()) == [200, 404, 200, 200, 404, 404]


def test_group_and_account_can_be_set() -> None:
    """Where they are set, only that group and that account exist, whatever their case."""
    free, bound = str(uuid.uuid4()), str(uuid.uuid4())
    options = SandboxOptions(group_id=GROUP.upper(), linked_account_id="Account-7")
    with Sandbox(options, [Customer(None, free), Customer(OTHER_GROUP, bound)]) as sandbox:
        url = sandbox.base_url
        assert send(url, Put(customer_id=free, account_id="account-7")).status == 200
        assert send(url, Put(customer_id=free)).error["code"] == "linked_account_not_found"
        assert send(url, Put(customer_id=free, group_id=OTHER_GROUP)).error["code"] == "group_not_found"
        assert send(url, Put(customer_id=bound, account_id="account-7")).error["code"] == "customer_not_found"


def test_customers_can_be_registered_while_it_runs() -> None:
    """A customer registered later is known from then on."""
    put = Put()
    with Sandbox(SandboxOptions()) as sandbox:
        assert send(sandbox.base_url, put).status == 404
        sandbox.register([Customer(None, put.customer_id)])
        assert send(sandbox.base_url, put).status == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(GOOD | {"first_name": " \u00a0\u200b"}, {"first_name": "is blank"}, id="blank"),
        pytest.param(GOOD | {"last_name": ""}, {"last_name": "is blank"}, id="empty"),
        pytest.param(GOOD | {"last_name": 7}, {"last_name": "is not a string"}, id="number"),
        pytest.param(GOOD | {"email": None}, {"email": "is not a string"}, id="null"),
        pytest.param(GOOD | {"email": "ada"}, {"email": "is not an e-mail address"}, id="no-at"),
        pytest.param(GOOD | {"email": "ada@example"}, {"email": "is not an e-mail address"}, id="no-dot"),
        pytest.param(GOOD | {"email": "a@b@example.com"}, {"email": "is not an e-mail address"}, id="two-ats"),
        pytest.param(GOOD | {"email": "ada@example.com\n"}, {"email": "is not an e-mail address"}, id="line-end"),
        pytest.param(
            GOOD | {"first_name": "\ud83d"}, {"first_name": "is not text that UTF-8 can hold"}, id="half-a-surrogate"
        ),
        pytest.param(
            {"email": "sandbox+500@example.com"},
            {"first_name": "is missing", "last_name": "is missing"},
            id="missing-comes-before-magic",
        ),
    ],
)
def test_bad_value_is_refused_and_its_field_named(base_url: str, body: object, fields: dict[str, str]) -> None:
    """A bad value is answered 400 with an error that says what is wrong with which field."""
    answer = send(base_url, Put(body))
    assert (answer.status, answer.error["code"]) == (400, "validation_error")
    assert answer.error["fields"] == fields
    assert all(f"{name} {problem}." in answer.error["message"] for name, problem in fields.items())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "invalid_json", id="empty"),
        pytest.param(b"first_name=Ada", "invalid_json", id="form"),
        pytest.param(b'{"first_name": "Ada"', "invalid_json", id="cut"),
        pytest.param('{"first_name": "José"}'.encode("cp1252"), "invalid_json", id="not-utf-8"),
        pytest.param(b'{"first_name": NaN}', "invalid_json", id="nan"),
        pytest.param(b"[" * 60_000, "invalid_json", id="deep"),
        pytest.param([GOOD], "invalid_body", id="array"),
        pytest.param("Ada", "invalid_body", id="string"),
    ],
)
def test_body_that_is_no_json_object_is_refused(base_url: str, body: object, code: str) -> None:
    """What is not one JSON object in UTF-8 is answered 400."""
    answer = send(base_url, Put(body))
    assert (answer.status, answer.error["code"], answer.error["fields"]) == (400, code, {})


def test_unknown_fields_are_ignored(base_url: str) -> None:
    """A body may hold more than it has to; none of it comes back."""
    answer = send(base_url, Put(GOOD | {"phone": "1", "id": "2"}))
    assert answer.status == 200
    assert "phone" not in answer.document


def test_longest_body_is_accepted_and_a_longer_one_refused(base_url: str) -> None:
    """64 KiB are enough for everybody; more is answered 413 on a connection that goes on working."""
    size = 65_536 - len(Put(GOOD | {"first_name": ""}).content)
    with closing(connect(base_url)) as connection:
        assert ask(connection, Put(GOOD | {"first_name": "a" * size})).status == 200
        assert ask(connection, Put(GOOD | {"first_name": "a" * (size + 1)})).error["code"] == "body_too_large"
        assert ask(connection, Put(b"a" * 1_000_000)).status == 413
        assert ask(connection, Put()).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_other_methods_are_refused(base_url: str, method: str) -> None:
    """There is no other method than PUT, and the reply says so."""
    answer = send(base_url, Put(method=method))
    assert (answer.status, answer.headers["allow"], answer.error["code"]) == (405, "PUT", "method_not_allowed")


def test_no_path_is_redirected(base_url: str) -> None:
    """A slash too many is answered 404: a redirect would hide the client's mistake."""
    answer = send(base_url, Put(customer_id=f"{GROUP}/"))
    assert (answer.status, answer.error["code"]) == (404, "not_found")


def test_front_page_says_what_this_is(base_url: str) -> None:
    """Who opens the base URL reads the route, the keys and the magic addresses."""
    with urllib.request.urlopen(base_url) as response:  # noqa: S310 - a loopback URL
        page = response.read().decode()
    assert "PUT /api/v1/groups/{group_id}/revere_pay/" in page
    assert "sandbox+reset@…" in page


@pytest.mark.slow
def test_latency_comes_before_each_reply(tmp_path: Path) -> None:
    """Every reply waits for the latency, refusals too, and is decided and logged before."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, latency_s=0.2, request_log=log)) as sandbox:
        for put in (Put(), Put(key="refused")):
            began = time.monotonic()
            send(sandbox.base_url, put)
            assert 0.2 <= time.monotonic() - began < 1
        connection = connect(sandbox.base_url)
        with closing(connection):
            connection.request("PUT", Put().path, body=Put().content, headers=Put().headers)
            time.sleep(0.1)
            assert len(log.read_bytes().splitlines()) == 3
            assert connection.getresponse().read()


def test_replies_do_not_wait_for_acknowledgements(base_url: str) -> None:
    """On a kept connection a reply takes far less than the 40 ms of a delayed acknowledgement."""
    durations = []
    with closing(connect(base_url)) as connection:
        for _ in range(15):
            began = time.monotonic()
            ask(connection, Put())
            durations.append(time.monotonic() - began)
    assert statistics.median(durations) < 0.03


def test_rate_limit_refuses_what_is_too_much(tmp_path: Path) -> None:
    """Over the limit a request is answered 429 with whole seconds to wait, and nothing of it is applied."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, rate_limit=0.4, request_log=log)) as sandbox:
        assert send(sandbox.base_url, Put()).status == 200
        answer = send(sandbox.base_url, Put(b"no JSON", group_id="9"))
        assert (answer.status, answer.error["code"], answer.headers["retry-after"]) == (429, "rate_limited", "3")
        assert send(sandbox.base_url, Put(key="refused")).status == 401


def test_request_that_breaks_off_is_none(logged: Logged) -> None:
    """A request whose body never comes whole is not applied and not logged, and the sandbox goes on."""
    put = Put()
    url = urlsplit(logged.base_url)
    with socket.create_connection((url.hostname, url.port)) as raw:
        raw.sendall(f"PUT {put.path} HTTP/1.1\r\nHost: x\r\nAuthorization: k\r\nContent-Length: 99\r\n\r\n{{".encode())
        time.sleep(0.05)
    assert send(logged.base_url, Put()).status == 200
    assert logged.lines(put.customer_id) == []


def test_failure_of_the_sandbox_itself_is_an_internal_error(tmp_path: Path) -> None:
    """When the database breaks under it, the sandbox answers the documented 500 and says that it was not the API."""
    path = tmp_path / "customers.db"
    with Sandbox(SandboxOptions(any_customer=True, database=path)) as sandbox:
        with closing(sqlite3.connect(path)) as database:
            database.execute("DROP TABLE customers")
        answer = send(sandbox.base_url, Put())
    assert (answer.status, answer.error["code"]) == (500, "internal_error")
    assert "OperationalError" in answer.error["message"]


def test_account_is_free_where_none_is_set(base_url: str) -> None:
    """Any linked account will do."""
    assert send(base_url, Put(account_id="acct_1.x~y")).status == 200
    assert send(base_url, Put(to("unheard-of"), account_id=ACCOUNT)).status == 200
