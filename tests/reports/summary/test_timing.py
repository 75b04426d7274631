"""A run over time, from its requests."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model.run import PastAttempt
from importer.reports.saying.review import Timing
from importer.reports.summary.timing import timing_of

START = 1_750_000_000.0


def _ok(sent_s: float, latency_s: float = 0.1) -> PastAttempt:
    return PastAttempt(START + sent_s, latency_s, 200, confirmed=True)


def _timing(requests: Sequence[PastAttempt]) -> Timing:
    first = min(one.sent_at for one in requests)
    last = max(one.sent_at + (one.latency_s or 0.0) for one in requests)
    return timing_of(lambda: requests, (first, last, len(requests)))


def test_requests_count_where_they_left_and_replies_where_they_came() -> None:
    """Each span says how many left in it, what came of those that ended in it, and how long these took."""
    timing = _timing(
        [_ok(0.0), _ok(0.0, 1.05), PastAttempt(START + 0.45, 0.1, 429, confirmed=False),
         PastAttempt(START + 1.02, 0.05, 500, confirmed=False), PastAttempt(START + 1.13, None, None, confirmed=False)]
    )  # fmt: skip
    assert timing.first_sent_at == START
    assert timing.span_s == 0.1
    assert [span.requests for span in timing.spans] == [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1]
    assert [span.confirmed for span in timing.spans] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert [span.throttled for span in timing.spans] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert sum(span.faulty for span in timing.spans) == 2
    assert timing.replies == 4
    assert timing.spans[2].latency_s is None


@given(st.lists(st.floats(min_value=0.0002, max_value=40), min_size=1, max_size=200))
def test_percentiles_are_right_to_five_percent(latencies: list[float]) -> None:
    """They are those of the sorted latencies; the longest is exact, and the bars hold every reply."""
    timing = _timing([_ok(0.0, latency_s) for latency_s in latencies])
    ordered = sorted(latencies)
    for percent in (50, 90, 95, 99):
        exact = ordered[-(-len(ordered) * percent // 100) - 1]
        assert timing.percentiles_s[percent] == pytest.approx(exact, rel=0.051)
    assert timing.percentiles_s[100] == ordered[-1]
    assert sum(bar.replies for bar in timing.latencies) == len(latencies)
    assert timing.latencies[0].replies
    assert timing.latencies[-1].replies
    assert all(one.to_s == after.from_s for one, after in zip(timing.latencies, timing.latencies[1:], strict=False))


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.floats(min_value=0, max_value=1e7), st.none() | st.floats(min_value=0, max_value=60)),
        min_size=1,
        max_size=50,
    )
)
def test_nothing_is_lost_in_spans(sent: list[tuple[float, float | None]]) -> None:
    """However long a run takes, there are at most 120 spans, and they sum to all requests."""
    timing = _timing([PastAttempt(START + at, took, 200, confirmed=True) for at, took in sent])
    assert len(timing.spans) <= 120
    assert sum(span.requests for span in timing.spans) == len(sent)
    assert sum(span.confirmed for span in timing.spans) == len(sent)


def test_a_time_without_any_request_in_flight_is_a_pause() -> None:
    """Waiting for a slow reply is none."""
    requests = [_ok(at / 10) for at in range(100)]
    requests += [_ok(20 + at / 10) for at in range(100)]
    requests += [_ok(30.0, 9.0), *(_ok(39 + at / 10) for at in range(10))]
    (pause,) = _timing(requests[::-1]).pauses
    assert pause.start_s == pytest.approx(10.1, abs=0.26)
    assert pause.end_s == pytest.approx(20.0, abs=0.26)


def test_a_low_rate_is_no_pause() -> None:
    """Where a request leaves every five seconds, the time between two of them is nothing to speak of."""
    assert _timing([_ok(at * 5.0) for at in range(50)]).pauses == []


def test_a_long_time_among_few_requests_is_a_pause() -> None:
    """What is usual is told by the most of them: one time of a day between two does not make a day usual."""
    (pause,) = _timing([_ok(0), _ok(1), _ok(86_400), _ok(86_401)]).pauses
    assert pause.end_s - pause.start_s == pytest.approx(86_400, rel=0.001)


def test_pauses_that_take_the_most_of_a_run_are_all_told() -> None:
    """Each of them, however many there are."""
    timing = _timing([_ok(minute * 60 + at / 10) for minute in range(3) for at in range(5)])
    assert len(timing.pauses) == 2


def test_what_got_no_reply_has_no_latency_of_a_reply() -> None:
    """A connection that is refused and a time-out are faulty, but no replies, however long they took."""
    nothing = [PastAttempt(START + at, took, None, confirmed=False) for at, took in ((0.0, 0.001), (0.01, 30.0))]
    timing = _timing([_ok(0.0, 0.5), *nothing])
    assert timing.replies == 1
    assert timing.percentiles_s[100] == 0.5
    assert sum(bar.replies for bar in timing.latencies) == 1
    assert [span.latency_s is None for span in timing.spans].count(False) == 1
    assert sum(span.faulty for span in timing.spans) == 2


def test_a_reply_that_says_nothing_is_faulty() -> None:
    """A page instead of the customer is a reply with its latency; what says something is not faulty."""
    timing = _timing(
        [PastAttempt(START, 0.1, 200, confirmed=False, useless=True), PastAttempt(START, 0.1, 200, confirmed=False)]
    )
    assert (sum(span.faulty for span in timing.spans), timing.replies) == (1, 2)


def test_a_run_of_an_older_version_has_no_latencies() -> None:
    """Nobody measured them: there are no percentiles, and no bars."""
    timing = _timing([PastAttempt(START, None, 200, confirmed=True)])
    assert (timing.replies, timing.percentiles_s, timing.latencies) == (0, {}, [])
    assert [span.latency_s for span in timing.spans] == [None]


def test_where_a_run_was_gone_on_with_the_next_day_both_parts_are_seen() -> None:
    """The night between them is cut out: it has no span, and is a pause all the same."""
    evening = [_ok(second / 10) for second in range(600)]
    morning = [_ok(40_000 + second / 10, 2.0) for second in range(300)]
    timing = _timing([*evening, *morning])
    assert timing.span_s == 1
    assert sum(span.requests for span in timing.spans[:61]) == 600
    assert sum(span.requests for span in timing.spans) == 900
    assert sum(not span.requests for span in timing.spans) < 10
    assert timing.pauses == timing.cuts
    (cut,) = timing.cuts
    assert cut.start_s == pytest.approx(60, abs=6)
    assert cut.end_s == pytest.approx(40_000, abs=6)
    assert timing.starts_s[:3] == [0, 1, 2]
    assert max(start for start in timing.starts_s if start < 40_000 - 6) < 70
    assert list(timing.starts_s) == sorted(timing.starts_s)


def test_a_pause_of_some_minutes_is_shown_as_long_as_it_was() -> None:
    """An outage that was waited for is part of the run; only what dwarfs the rest is cut out."""
    timing = _timing([_ok(second) for second in (*range(60), *range(400, 460))])
    assert timing.cuts == []
    assert len(timing.pauses) == 1
    assert len(timing.spans) * timing.span_s >= 459
