"""Ctrl-C, SIGTERM and SIGHUP: once to stop, twice to give up what is in flight, three times to end at once.

Ctrl-Z stops the process where it is, but never while others wait for it to write to the journal.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from importer.delivery.stop_switch import StopSwitch
from importer.journal.database import outside_transactions
from importer.model.exit_codes import exit_code_of_stop
from importer.model.stop_reasons import StopReason

_REASONS: Final = {
    signal.SIGINT: StopReason.INTERRUPTED,
    signal.SIGTERM: StopReason.TERMINATED,
    signal.SIGHUP: StopReason.HUNG_UP,
}
_SAID: Final = (
    "Stopping: nothing new is sent, what is in flight is waited for. Once more gives that up.",
    "Giving up what is in flight. Once more ends at once.",
)


@dataclass(slots=True)
class Signals:
    """The handlers of this process, while a job runs.

    Attributes:
        switch: Is pressed.
        show: Shows a sentence where it would be written over, as long as there is a bar; else returns False.
        told: What a signal does is said.
    """

    switch: StopSwitch
    show: Callable[[str], bool]
    told: bool = True
    _received: int = 0
    _asking: bool = False
    _before: dict[int, Any] = field(default_factory=dict)

    def install(self) -> None:
        """Take over; what whoever started this process has let it ignore (nohup, a job in the background) stays so."""
        for number in _REASONS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        if signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL:
            self._before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, _suspend)

    def restore(self) -> None:
        """Give back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Let a signal interrupt the question that is asked in the block, as well as what it does otherwise.

        Raises:
            KeyboardInterrupt: One has come, if only just before the block.
        """
        self._asking = True
        try:
            if self.switch.reason is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._asking = False

    def _handle(self, number: int, _: FrameType | None) -> None:
        self._received += 1
        reason = _REASONS[signal.Signals(number)]
        if self._received > len(_SAID):
            os._exit(exit_code_of_stop(reason))
        self.switch.press(reason)
        if self._asking:
            raise KeyboardInterrupt
        text = _SAID[self._received - 1]
        if self.told and not self.show(text):
            with suppress(OSError):  # the terminal may be gone
                os.write(2, f"\n{text}\n".encode())


def _suspend(_: int, __: FrameType | None) -> None:
    outside_transactions(_stop_here)


def _stop_here() -> None:
    """Stop this process, as Ctrl-Z does by itself, until it is let go on."""
    handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, handler)


@contextmanager
def stopping_on_signals(switch: StopSwitch, show: Callable[[str], bool], *, told: bool = True) -> Iterator[Signals]:
    """Press `switch` on signals, as long as the block runs, and `show` what that does, where that is to be `told`."""
    signals = Signals(switch, show, told)
    signals.install()
    try:
        yield signals
    finally:
        signals.restore()
