"""Two runs that send to one base URL at once, each to a group of its own, with half of what one alone would have."""

from __future__ import annotations

from importer.errors import SettingsError
from importer.ids import normal_id
from importer.lock import SEATS
from importer.model.run import Target
from importer.settings import Settings
from importer.story.order import Order


def only_group(order: Order, settings: Settings, target: Target) -> str | None:
    """Return the only group that a run may send to, as ids are compared, since another run may send beside it.

    None where every row may have a group of its own: no other run is let in, or it has an embedded API to itself.

    Raises:
        SettingsError: It is not said which group that is, or there is nothing of which each could have half.
    """
    if _seats(order, settings) == 1:
        return None
    if target.group_id is None:
        raise SettingsError(
            "shares_base_url asks for one group, and nothing says which.",
            code="target_missing",
            hint="Put group_id into the profile, or take shares_base_url out of it.",
        )
    if settings.concurrency is not None and settings.concurrency < SEATS:
        raise SettingsError(
            "One request in flight (concurrency) cannot be shared by two runs, as shares_base_url asks for.",
            code="bad_setting",
            hint="Ask for two or more, of which each run has half, or take shares_base_url out of the profile.",
        )
    return normal_id(target.group_id)


def own_in_flight(order: Order, settings: Settings, ceiling: int) -> int:
    """Return how many requests a run may have in flight: its part of what is asked for, or of what there can be."""
    return (settings.concurrency or ceiling) // _seats(order, settings)


def own_rate(order: Order, settings: Settings) -> float | None:
    """Return how many requests a second it may send: its part of what is asked for; None for any number."""
    return None if settings.rate is None else settings.rate / _seats(order, settings)


def _seats(order: Order, settings: Settings) -> int:
    """Return how many runs may send at once to where this one does."""
    return SEATS if settings.shares_base_url and not order.sandbox else 1
