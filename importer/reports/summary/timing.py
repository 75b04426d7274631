"""A run over time, from its requests: in one pass, whatever their order, and in flat memory."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import accumulate, pairwise
from typing import Final, Self

from importer.model.run import PastAttempt
from importer.reports.saying.review import Bar, Pause, Span, Timing

_SPANS: Final = 120
_SPAN_LENGTHS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
_MOMENTS: Final = 8_000
"""A pause is told to a fraction of the run's length, and to a quarter of a second at best."""
_SHORTEST_MOMENT_S: Final = 0.25
_SHORTEST_PAUSE_S: Final = 1.0
_USUAL_PAUSES: Final = 5
"""A pause is longer than so many times the usual time between two requests: a low rate is no pause."""
_CUT_FROM_S: Final = 600.0
"""A longer pause, as there is one where somebody goes on with a run the next day, would leave no room for the rest."""
_MOST_CUTS: Final = 20
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
    def of_all(cls, parts: Iterable[Self]) -> Self:
        """Return several distributions as one."""
        all_parts = cls()
        for part in parts:
            all_parts.counts.update(part.counts)
            all_parts.replies += part.replies
            all_parts.longest_s = max(all_parts.longest_s, part.longest_s)
        return all_parts

    def percentile_s(self, percent: float) -> float:
        """Return the latency that so many percent of the replies did not take longer than."""
        enough_replies = math.ceil(self.replies * percent / 100)
        steps = sorted(self.counts)
        sums = accumulate(self.counts[step] for step in steps)
        reached = next(step for step, passed in zip(steps, sums, strict=True) if passed >= enough_replies)
        return min(_SHORTEST_S * math.pow(_STEP, reached + 0.5), self.longest_s)


def _step(latency_s: float) -> int:
    return max(0, int(math.log(max(latency_s, _SHORTEST_S) / _SHORTEST_S, _STEP)))


@dataclass(slots=True)
class _Tally:
    """What a span is counted with."""

    confirmed: int = 0
    requests: int = 0
    throttled: int = 0
    faulty: int = 0
    latencies: _Latencies = field(default_factory=_Latencies)

    def span(self) -> Span:
        of = self.latencies
        latency_s = (of.percentile_s(50), of.percentile_s(95), of.percentile_s(99)) if of.replies else None
        return Span(self.confirmed, self.requests, self.throttled, self.faulty, latency_s)


def timing_of(requests: Callable[[], Iterable[PastAttempt]], duration: tuple[float, float, int]) -> Timing:
    """Return a run over time.

    Args:
        requests: Returns all of them, in any order; it is called twice.
        duration: When the first left and the last ended, in seconds since the epoch, and how many there are.
    """
    first, last, _ = duration
    length_s = max(0.0, last - first)
    presence = _Presence(length_s)
    for request in requests():
        presence.add(request.sent_at - first, request.sent_at - first + (request.latency_s or 0.0))
    pauses = list(presence.pauses(max(_SHORTEST_PAUSE_S, _USUAL_PAUSES * presence.usual_gap_s())))
    axis = _Axis(length_s, _cuts(pauses))
    stretches = [_Tally() for _ in axis.starts_s]
    for request in requests():
        sent_s = request.sent_at - first
        stretches[axis.span_at(sent_s)].requests += 1
        _note_end(stretches[axis.span_at(sent_s + (request.latency_s or 0.0))], request)
    everything = _Latencies.of_all(stretch.latencies for stretch in stretches)
    return Timing(
        first_sent_at=first,
        span_s=axis.span_s,
        spans=[stretch.span() for stretch in stretches],
        starts_s=axis.starts_s,
        pauses=pauses,
        cuts=axis.cuts,
        replies=everything.replies,
        percentiles_s=_percentiles(everything),
        latencies=list(_bars(everything)),
    )


def _cuts(pauses: Sequence[Pause]) -> Sequence[Pause]:
    """Return the pauses that are so long that they are cut out, in order."""
    longest = sorted(pauses, key=lambda pause: pause.start_s - pause.end_s)[:_MOST_CUTS]
    return [pause for pause in pauses if pause in longest and pause.end_s - pause.start_s > _CUT_FROM_S]


def _note_end(stretch: _Tally, request: PastAttempt) -> None:
    """Count what came of a request, when it came."""
    if request.confirmed:
        stretch.confirmed += 1
    elif request.http_status == HTTPStatus.TOO_MANY_REQUESTS:
        stretch.throttled += 1
    elif request.http_status is None or request.useless or request.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        stretch.faulty += 1
    if request.latency_s is not None and request.http_status is not None:
        stretch.latencies.add(request.latency_s)


class _Axis:
    """Spans of one length, from the first request to the last reply, without the pauses that are cut out.

    Args:
        length_s: From the one to the other, in seconds.
        cuts: What is cut out, in order.
    """

    def __init__(self, length_s: float, cuts: Sequence[Pause]) -> None:
        self.cuts: Final = cuts
        parts = list(zip((0.0, *(cut.end_s for cut in cuts)), (*(cut.start_s for cut in cuts), length_s), strict=True))
        self.span_s: Final = _span_s([max(end - start, 0.0) for start, end in parts])
        self.starts_s: Final = [
            start + number * self.span_s
            for start, end in parts
            for number in range(_spans_in(max(end - start, 0.0), self.span_s))
        ]

    def span_at(self, second: float) -> int:
        """Return which span a moment is in; one that is cut out, by the roughness of a pause, is in the one before."""
        return max(0, bisect_right(self.starts_s, second) - 1)


def _spans_in(part_s: float, span_s: float) -> int:
    return int(part_s / span_s) + 1


def _span_s(parts_s: Sequence[float]) -> float:
    """Return the first usual length of which there are not too many in all parts together.

    Example: `_span_s([600.0])` is `10`.
    """
    fitting = (span_s for span_s in _SPAN_LENGTHS_S if sum(_spans_in(part_s, span_s) for part_s in parts_s) <= _SPANS)
    return float(next(fitting, math.ceil((sum(parts_s) + 1) / (_SPANS - len(parts_s)) / 86400) * 86400))


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
