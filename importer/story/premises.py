"""What a run stands on: its key and its target, its place in time, and what keeps others out of its way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from importer import __version__
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.endpoint import Endpoint
from importer.errors import RunAbandonedError
from importer.journal.journal import Journal
from importer.lock import Holder, Patience, run_lock, sending_lock
from importer.model.modes import Mode
from importer.model.run import Target
from importer.reports.folder import default_path
from importer.sandbox import SANDBOX_ACCOUNT_ID, SANDBOX_GROUP_ID, SANDBOX_KEY, Sandbox, SandboxOptions
from importer.settings import Settings
from importer.story.milestones import Milestones
from importer.story.order import Order, World
from importer.story.profiles.sharing import only_group
from importer.story.stillness import Stillness
from importer.times import rfc3339


class Stopwatch:
    """Counts how long something works, from now on: what it waits for is no part of that.

    Args:
        clock: Returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun_at = clock()
        self.idle_s = 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Do not count what is in the block."""
        since = self._clock()
        try:
            yield
        finally:
            self.idle_s += self._clock() - since

    @property
    def worked_s(self) -> float:
        """How long it has worked, in seconds."""
        return self._clock() - self._begun_at - self.idle_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What a process of a run stands on.

    Attributes:
        order: What is asked for.
        settings: What it runs with.
        switch: How the outside world asks it to stop.
        world: Clocks and randomness.
        started: When it began, in seconds since the epoch.
    """

    order: Order
    settings: Settings
    switch: StopSwitch
    world: World
    started: float

    def key(self) -> str:
        """Return the key to send with: the user's own never goes to the embedded API.

        Raises:
            SettingsError: There is none.
        """
        if self.order.sandbox:
            return SANDBOX_KEY
        return self.settings.key().get_secret_value() if self.order.mode is Mode.RUN else ""

    def target(self, sandbox: Sandbox | None) -> Target:
        """Return where a new run sends to."""
        if sandbox is not None:
            return Target(sandbox.base_url, SANDBOX_GROUP_ID, SANDBOX_ACCOUNT_ID)
        base_url = "" if self.order.mode is Mode.CHECK else self.settings.base_url
        return Target(base_url, self.settings.group_id, self.settings.linked_account_id)

    def endpoint(self, target: Target, key: str) -> Endpoint:
        """Return what is asked, with what."""
        return Endpoint(
            base_url=target.base_url,
            key=key,
            user_agent=f"importer/{__version__}",
            timeout_s=self.settings.timeout,
            max_reply_bytes=self.settings.max_reply_bytes,
        )

    def path(self, run_id: str) -> Path:
        """Return where the reports of a new run go."""
        return self.order.output or default_path(
            self.order.source, parent=self.settings.output, run_id=run_id, started=self.started
        )

    def journal(self) -> Journal:
        """Open the journal."""
        return Journal(self.settings.state_folder(), wall=self.world.wall, migrating=self.world.migrating)

    def milestones(self, journal: Journal) -> Milestones:
        """Return what is told outside of the journal of how far that has come."""
        return Milestones(journal, self.settings, self.order, self.world.wall)

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox | None]:
        """Yield the embedded API, if it is asked for."""
        if not self.order.sandbox:
            yield None
            return
        with Sandbox(SandboxOptions()) as sandbox:
            yield sandbox

    @contextmanager
    def lock(self, target: Target, run_id: str, watch: Stopwatch) -> Iterator[None]:
        """Keep other processes from this run, and other runs from its target; the embedded API is this run's own."""
        state, group = self.settings.state_folder(), only_group(self.order, self.settings, target)
        holder = Holder(os.getpid(), rfc3339(self.started), str(self.order.source_path), run_id)
        patience = Patience(
            wait_s=self.settings.wait,
            clock=self.world.clock,
            sleep=self.world.sleep,
            given_up=self._is_unwanted,
        )
        with ExitStack() as locks:
            with watch.waiting():
                if self.order.mode is Mode.RUN and not self.order.sandbox:
                    locks.enter_context(sending_lock(state, target.base_url, holder, patience, group=group))
                locks.enter_context(run_lock(state, holder, patience))
            yield

    def stillness(self) -> Stillness:
        """Return how to wait until nobody writes the source any more."""
        return Stillness(
            settle_s=self.settings.settle,
            clock=self.world.clock,
            sleep=self.world.sleep,
            given_up=self._is_unwanted,
        )

    def _is_unwanted(self) -> bool:
        """Return False, as long as nobody asks to stop; raise `RunAbandonedError` then: nothing was done yet."""
        if self.switch.reason is None:
            return False
        raise RunAbandonedError(
            "The run was ended while it waited.", code=str(self.switch.reason), hint="Run it again."
        )
