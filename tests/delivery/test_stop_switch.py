"""The switch that signals press."""

from __future__ import annotations

from importer.delivery.stop_switch import StopSwitch
from importer.model.stop_reasons import StopReason


def test_the_first_press_stops_and_the_second_gives_up() -> None:
    """The reason is that of the first press, however often it is pressed."""
    switch = StopSwitch()
    assert (switch.reason, switch.give_up) == (None, False)
    switch.press(StopReason.INTERRUPTED)
    assert (switch.reason, switch.give_up) == (StopReason.INTERRUPTED, False)
    switch.press(StopReason.TERMINATED)
    assert (switch.reason, switch.give_up) == (StopReason.INTERRUPTED, True)
