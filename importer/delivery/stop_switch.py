"""How the outside world asks a run to stop."""

from __future__ import annotations

from dataclasses import dataclass

from importer.model.stop_reasons import StopReason


@dataclass(slots=True)
class StopSwitch:
    """Pressed once: nothing new is sent. Pressed again: what is in flight is given up."""

    reason: StopReason | None = None
    give_up: bool = False

    def press(self, reason: StopReason) -> None:
        """Ask to stop; the first reason stands. Safe to call from a signal handler."""
        if self.reason is None:
            self.reason = reason
        else:
            self.give_up = True
