"""A run as a whole: whether its rows add up."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from importer.model.modes import Mode
from importer.model.run import Summary, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status

SUMMARY = Summary(
    run_id="r7",
    version="1",
    mode=Mode.RUN,
    exit_code=0,
    stop_reason=None,
    started_at="",
    finished_at="",
    seconds=0.0,
    source=SourceInfo("/x.csv", None, "", rows=0),
    target=Target(""),
    statuses={},
    attempts=0,
)


@given(st.dictionaries(st.sampled_from(Status), st.integers(0, 9)), st.integers(0, 40))
def test_a_summary_is_balanced_where_its_statuses_sum_to_its_rows(counts: dict[Status, int], rows: int) -> None:
    """Each row has exactly one status, or the summary is not balanced."""
    summary = replace(SUMMARY, statuses=counts, source=replace(SUMMARY.source, rows=rows))
    assert summary.balanced is (sum(counts.values()) == rows)
