"""When to try again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.pace.backoff import backoff_s


@given(
    tries=st.integers(1, 10_000),
    base_s=st.floats(0, 60),
    cap_s=st.floats(0, 600),
    uniform=st.floats(0, 1, exclude_max=True),
)
def test_backoff_is_never_below_zero_and_never_above_its_cap(
    tries: int, base_s: float, cap_s: float, uniform: float
) -> None:
    """However many tries there were, a wait is between 0 and the cap, and after the first at most the base."""
    wait = backoff_s(tries=tries, base_s=base_s, cap_s=cap_s, uniform=uniform)
    assert 0 <= wait <= cap_s
    assert tries > 1 or wait <= base_s


@given(tries=st.integers(1, 60), uniform=st.floats(0, 1, exclude_max=True))
def test_backoff_doubles_until_its_cap(tries: int, uniform: float) -> None:
    """The longest wait doubles with every try, and jitter is a share of it."""
    wait = backoff_s(tries=tries, base_s=0.5, cap_s=1e30, uniform=uniform)
    assert wait == uniform * (0.5 * 2 ** (tries - 1))
