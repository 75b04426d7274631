"""A run over time, from its requests: in one pass, whatever their order, and in flat memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import accumulate, pairwise
from typing import Final, Self

from importer.reports.review import Bar, Pause, Span, Timing
from importer.runs import Request

_SPANS: Final = 120
_SPAN_LENGTHS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
_MOMENTS: Final = 8_000
"""A pause is told to a fraction of the run's length, and to a quarter of a second at best."""
_SHORTEST_MOMENT_S: Final = 0.25
_SHORTEST_PAUSE_S: Final = 1.0
_USUAL_PAUSES: Final = 5
"""A pause is longer than so many times the usual time between two requests: a low rate is no pause."""
_STEP: Final = 1.05
"""Latencies are told to five percent."""
_SHORTEST_S: Final = 0.0001
_PERCENTILES: Final = (50, 90, 95, 99)
_BARS_PER_DOUBLING: Final = 2


@dataclass(slots=True)
class _Latencies:
    """A distribution, in steps of five percent."""

    counts: Counter[int] = field(default_factory=Counter)
    replies: int = 0
    longest_s: float = 0.0

    def add(self, latency_s: float) -> None:
        self.counts[_step(latency_s)] += 1
        self.replies += 1
        self.longest_s = max(self.longest_s, latency_s)

    @classmethod
    def of_all(cls, some: Iterable[Self]) -> Self:
        """Return several distributions as one."""
        whole = cls()
        for one in some:
            whole.counts.update(one.counts)
            whole.replies += one.replies
            whole.longest_s = max(whole.longest_s, one.longest_s)
        return whole

    def percentile_s(self, percent: float) -> float:
        """Return the latency that so many percent of the replies did not take longer than."""
        wanted = math.ceil(self.replies * percent / 100)
        steps = sorted(self.counts)
        sums = accumulate(self.counts[step] for step in steps)
        found = next(step for step, passed in zip(steps, sums, strict=True) if passed >= wanted)
        return min(_SHORTEST_S * math.pow(_STEP, found + 0.5), self.longest_s)


def _step(latency_s: float) -> int:
    return max(0, int(math.log(max(latency_s, _SHORTEST_S) / _SHORTEST_S, _STEP)))


@dataclass(slots=True)
class _Stretch:
    """What a span is counted with."""

    confirmed: int = 0
    requests: int = 0
    throttled: int = 0
    faulty: int = 0
    latencies: _Latencies = field(default_factory=_Latencies)

    def span(self) -> Span:
        of = self.latencies
        told = (of.percentile_s(50), of.percentile_s(95), of.percentile_s(99)) if of.replies else None
        return Span(self.confirmed, self.requests, self.throttled, self.faulty, told)


def timing_of(requests: Iterable[Request], duration: tuple[float, float, int]) -> Timing:
    """Return a run over time.

    Args:
        requests: All of them, in any order.
        duration: When the first left and the last ended, in seconds since the epoch, and how many there are.
    """
    first, last, _ = duration
    length_s = max(0.0, last - first)
    span_s = _span_s(length_s)
    stretches = [_Stretch() for _ in range(int(length_s / span_s) + 1)]
    presence = _Presence(length_s)
    for request in requests:
        sent_s, took_s = request.sent_at - first, request.latency_s
        ended_s = sent_s + (took_s or 0.0)
        presence.add(sent_s, ended_s)
        stretches[int(sent_s / span_s)].requests += 1
        _note_end(stretches[min(int(ended_s / span_s), len(stretches) - 1)], request)
    everything = _Latencies.of_all(stretch.latencies for stretch in stretches)
    return Timing(
        first_sent_at=first,
        span_s=span_s,
        spans=[stretch.span() for stretch in stretches],
        pauses=list(presence.pauses(max(_SHORTEST_PAUSE_S, _USUAL_PAUSES * presence.usual_gap_s()))),
        replies=everything.replies,
        percentiles_s=_percentiles(everything),
        latencies=list(_bars(everything)),
    )


def _note_end(stretch: _Stretch, request: Request) -> None:
    """Count what came of a request, when it came."""
    if request.confirmed:
        stretch.confirmed += 1
    elif request.http_status == HTTPStatus.TOO_MANY_REQUESTS:
        stretch.throttled += 1
    elif request.http_status is None or request.useless or request.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        stretch.faulty += 1
    if request.latency_s is not None and request.http_status is not None:
        stretch.latencies.add(request.latency_s)


def _span_s(length_s: float) -> float:
    """Return the first usual length of which there are not too many."""
    fitting = (span_s for span_s in _SPAN_LENGTHS_S if length_s / span_s < _SPANS)
    return float(next(fitting, math.ceil((length_s + 1) / _SPANS / 86400) * 86400))


class _Presence:
    """When any request was in flight, to the moment."""

    def __init__(self, length_s: float) -> None:
        self._moment_s = max(_SHORTEST_MOMENT_S, length_s / _MOMENTS)
        self._changes = [0] * (int(length_s / self._moment_s) + 2)
        self._sent = [0] * len(self._changes)

    def add(self, sent_s: float, ended_s: float) -> None:
        """Take note of a request."""
        self._sent[int(sent_s / self._moment_s)] += 1
        self._changes[int(sent_s / self._moment_s)] += 1
        self._changes[min(int(ended_s / self._moment_s) + 1, len(self._changes) - 1)] -= 1

    def usual_gap_s(self) -> float:
        """Return the median of the times from one request to the next: a few long ones do not change it."""
        moments = [moment for moment, sent in enumerate(self._sent) if sent]
        gaps = Counter(after - before for before, after in pairwise(moments))
        at_once = sum(self._sent) - len(moments)
        middle = (at_once + gaps.total() + 1) // 2 - at_once
        if middle <= 0:
            return 0.0
        lengths = sorted(gaps)
        passed = accumulate(gaps[length] for length in lengths)
        return self._moment_s * next(length for length, so_far in zip(lengths, passed, strict=True) if so_far >= middle)

    def pauses(self, shortest_s: float) -> Iterator[Pause]:
        """Yield each time, at least so long, in which none was."""
        began: int | None = None
        for moment, in_flight in enumerate(accumulate(self._changes[:-1])):
            if in_flight and began is not None:
                if (moment - began) * self._moment_s >= shortest_s:
                    yield Pause(began * self._moment_s, moment * self._moment_s)
                began = None
            elif not in_flight and began is None:
                began = moment


def _percentiles(latencies: _Latencies) -> dict[int, float]:
    if not latencies.replies:
        return {}
    return {percent: latencies.percentile_s(percent) for percent in _PERCENTILES} | {100: latencies.longest_s}


def _bars(latencies: _Latencies) -> Sequence[Bar]:
    """Return the distribution in bars, each about one and a half times as wide as the one before."""
    if not latencies.replies:
        return ()
    counts: Counter[int] = Counter()
    for step, count in latencies.counts.items():
        counts[int(math.log2(_STEP ** (step + 0.5)) * _BARS_PER_DOUBLING)] += count
    edges = [_SHORTEST_S * 2 ** (number / _BARS_PER_DOUBLING) for number in range(max(counts) + 2)]
    return [Bar(edges[number], edges[number + 1], counts[number]) for number in range(min(counts), max(counts) + 1)]
