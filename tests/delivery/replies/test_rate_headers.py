"""What headers say of how many requests are left."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.replies.rate_headers import Quota, parse_quota

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC).timestamp()


def parsed(headers: dict[str, str]) -> Quota | None:
    """Return what these headers say, which a client passes on by name in small letters."""
    return parse_quota({name.lower(): value for name, value in headers.items()}, now=NOW)


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"RateLimit": '"default";r=50;t=30'}, Quota(50, 30.0), id="the draft, from 08 on"),
        pytest.param({"RateLimit": '"default"; t=30; r=50'}, Quota(50, 30.0), id="in another order, with spaces"),
        pytest.param({"RateLimit": '"hour";r=99;t=3000, "second";r=2;t=1'}, Quota(2, 1.0), id="the least of two"),
        pytest.param({"RateLimit": '"a;r=1;t=1";r=50;t=30'}, Quota(50, 30.0), id="a name that looks like numbers"),
        pytest.param({"RateLimit": '"default";r=50'}, None, id="no time"),
        pytest.param({"RateLimit": f'"default";r={"9" * 400};t=30'}, None, id="more than a number"),
        pytest.param({"RateLimit": "a" * 60_000}, None, id="a header that is as long as may be"),
        pytest.param({"RateLimit": "limit=100, remaining=50, reset=30"}, Quota(50, 30.0), id="the draft, 07"),
        pytest.param(
            {"RateLimit-Limit": "100, 100;w=60", "RateLimit-Remaining": "50", "RateLimit-Reset": "30"},
            Quota(50, 30.0),
            id="the draft, to 06",
        ),
        pytest.param({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}, Quota(0, 30.0), id="seconds"),
        pytest.param(
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW + 30:.0f}"}, Quota(0, 30.0), id="an epoch"
        ),
        pytest.param(
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 30.5}"}, Quota(0, 30.5), id="with a fraction"
        ),
        pytest.param(
            {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": f"{(NOW + 30) * 1000:.0f}"},
            Quota(0, 30.0),
            id="an epoch in milliseconds",
        ),
        pytest.param(
            {
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": f"{NOW + 7230:.0f}",
                "Date": format_datetime(datetime.fromtimestamp(NOW + 7200, UTC), usegmt=True),
            },
            Quota(0, 30.0),
            id="their clock is two hours ahead",
        ),
        pytest.param(
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW - 7200:.0f}"}, None, id="a time gone by"
        ),
        pytest.param({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "604800"}, None, id="a week"),
        pytest.param({"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "30"}, None, id="less than none"),
        pytest.param({"X-RateLimit-Remaining": "0"}, None, id="no reset"),
        pytest.param({"X-RateLimit-Remaining": "٣", "X-RateLimit-Reset": "30"}, None, id="digits of another script"),
        pytest.param({"X-RateLimit-Remaining": "9" * 400, "X-RateLimit-Reset": "30"}, None, id="too many digits"),
    ],
)
def test_what_is_left_is_understood(headers: dict[str, str], quota: Quota | None) -> None:
    """The forms of the draft, and what koa-ratelimit, slowapi and express-rate-limit send."""
    assert parsed(headers) == quota


@given(value=st.text(), other=st.text())
def test_no_header_breaks_it(value: str, other: str) -> None:
    """Whatever is there, nothing is raised, and what is understood can be waited for."""
    for name in ("RateLimit", "RateLimit-Remaining", "X-RateLimit-Reset"):
        quota = parsed({"X-RateLimit-Remaining": other, "RateLimit-Reset": other, name: value, "Date": other})
        assert quota is None or (quota.remaining >= 0 and 0 <= quota.reset_s < float("inf"))
