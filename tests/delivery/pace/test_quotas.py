"""What an API says of how many requests are left is kept to where it agrees with what happens, and only there."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import pytest

from importer.delivery.pace.quotas import Quotas
from importer.delivery.replies.rate_headers import Quota
from importer.model.statuses import Status
from tests.delivery.pace.limiters import Announced
from tests.delivery.samples import pending
from tests.delivery.simulation import Delivery, Ran, policy


def run(api: Announced, rows: int) -> Ran:
    """Send so many rows, with the defaults of a run."""
    ran = Delivery(pending(rows), api, policy(concurrency=64, adaptive=True)).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: rows}
    return ran


@pytest.mark.parametrize("whole", [ceil, int])
@pytest.mark.parametrize(("count", "period_s", "rows"), [(100, 60.0, 600), (60, 10.0, 600), (20, 10.0, 200)])
def test_what_is_left_is_kept_to(count: int, period_s: float, rows: int, whole: Callable[[float], int]) -> None:
    """Once it has turned out to be true, nothing is refused, and what the limit allows is used.

    Resets are told in whole seconds, rounded in either way.
    """
    api = Announced(count, period_s, lambda remaining, reset_s: Quota(remaining, whole(reset_s)))
    run(api, rows)
    middle = api.allowed[rows // 2]
    assert sum(when >= middle for when in api.refused) <= 0.01 * rows
    assert api.allowed[-1] - api.allowed[0] <= 1.15 * rows / count * period_s


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(lambda *_: Quota(0, 100.0), id="always none, and long"),
        pytest.param(lambda _, reset_s: Quota(1000, reset_s), id="always many"),
        pytest.param(lambda remaining, reset_s: Quota(remaining, reset_s * 9), id="another unit"),
    ],
)
def test_what_is_not_true_costs_nothing(lie: Callable[[int, float], Quota]) -> None:
    """A run takes as long as it does where nothing is said."""
    took_s = [run(Announced(60, 10.0, says), 600).times()[-1] for says in (lie, lambda *_: None)]
    assert took_s[0] <= 1.05 * took_s[1] + 1


def test_headers_that_speak_of_no_limit_here_are_not_heeded() -> None:
    """Where nothing is refused, nothing is believed: an API says "0 left" with every confirmation."""
    ran = run(Announced(10**9, 10.0, lambda *_: Quota(0, 100.0)), 600)
    assert ran.times()[-1] < 3


def test_a_wait_that_is_too_long_is_not_kept_to() -> None:
    """What would take longer than a `Retry-After` may is left to the refusals."""
    quotas = Quotas(120.0)
    assert quotas.refused(Quota(0, 30.0), 1000.0) is None
    assert quotas.passed(Quota(9, 30.0), 1031.0, 0, 1031.1)
    assert quotas.refused(Quota(0, 30.0), 1040.0) == 31.0
    assert quotas.refused(Quota(0, 500.0), 1050.0) is None


def test_what_left_before_the_refusal_refutes_nothing() -> None:
    """It was let through before."""
    quotas = Quotas(120.0)
    quotas.refused(Quota(0, 30.0), 1000.0)
    quotas.passed(Quota(0, 30.0), 999.9, 0, 1000.1)
    assert quotas.passed(Quota(9, 30.0), 1031.0, 0, 1031.1)


def test_what_was_refuted_once_is_never_believed() -> None:
    """A refusal that says that something is left, or a confirmation before the reset."""
    for quota, left_at in ((Quota(3, 30.0), 1031.0), (Quota(0, 30.0), 1010.0)):
        quotas = Quotas(120.0)
        quotas.refused(quota, 1000.0)
        assert not quotas.passed(Quota(9, 30.0), left_at, 0, left_at + 0.1)
        quotas.refused(Quota(0, 30.0), 1040.0)
        assert not quotas.passed(Quota(9, 30.0), 1071.0, 0, 1071.1)
