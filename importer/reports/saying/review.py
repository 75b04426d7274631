"""What reviewers are told of a run as a whole: every report for people draws on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importer.model.run import Summary


@dataclass(frozen=True, slots=True)
class Span:
    """What happened in a stretch of a run.

    Attributes:
        confirmed: Rows that were updated.
        requests: Requests that left.
        throttled: Those that were answered with 429.
        faulty: Those that came to nothing: no reply, a 5xx, or a reply that says nothing.
        latency_s: Of the replies, in seconds: its 50th, 95th and 99th percentile; None where no reply came.
    """

    confirmed: int
    requests: int
    throttled: int
    faulty: int
    latency_s: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which no request was in flight though rows were waiting, in seconds from the first request."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How many replies took at least `from_s` and less than `to_s` seconds."""

    from_s: float
    to_s: float
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A run over time, as the journal knows it.

    Attributes:
        first_sent_at: When the first request left, in seconds since the epoch.
        span_s: How long each span is, in seconds.
        spans: One after another from the first request to the last reply; at most 120.
        starts_s: When each of them begins, in seconds from the first request: where a long pause is cut out, not when
            the one before it ends.
        pauses: In order.
        cuts: Those of the pauses that no span is in.
        replies: How many replies came.
        percentiles_s: Of the latency of all replies, in seconds: by 50, 90, 95, 99 and 100 (the longest).
        latencies: Their distribution; the bars join, and those at both ends are not empty.
    """

    first_sent_at: float
    span_s: float
    spans: Sequence[Span]
    starts_s: Sequence[float]
    pauses: Sequence[Pause]
    cuts: Sequence[Pause]
    replies: int
    percentiles_s: dict[int, float]
    latencies: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person can do next: a sentence, and the command that does it; "" where no command does."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A run as a whole.

    Attributes:
        summary: What is true of it.
        verdict: The same in one or two sentences.
        steps: What to do next, the most useful first.
        timing: None where no request left.
    """

    summary: Summary
    verdict: str
    steps: Sequence[NextStep]
    timing: Timing | None
