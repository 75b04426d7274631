"""Waiting that ends early when the sandbox stops, so that stopping is quick."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Waits:
    """The waits of one event loop; all is called in its thread."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._ended = False

    async def wait(self, seconds: float) -> None:
        """Return after this time, or when all waits end."""
        future = self._begin()
        timer = asyncio.get_running_loop().call_later(seconds, _finish, future)
        try:
            await future
        finally:
            timer.cancel()
            self._waiting.discard(future)

    async def wait_for(self, event: Coroutine[Any, Any, None]) -> None:
        """Return when this is done, or when all waits end; it is cancelled then."""
        future = self._begin()
        task = asyncio.create_task(event)
        try:
            await asyncio.wait((future, task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
            self._waiting.discard(future)

    def end(self) -> None:
        """End all waits, those too that would begin later."""
        self._ended = True
        for future in self._waiting:
            _finish(future)

    def _begin(self) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        if self._ended:
            _finish(future)
        return future


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
