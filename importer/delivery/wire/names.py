"""Looking up a host."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

Address = tuple[int, int, int, str, Any]
"""As `socket.getaddrinfo` returns them."""
_FRESH_S: Final = 60.0
"""So long what was found is taken to be so."""


def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host.

    Raises:
        socket.gaierror: There are none.
    """
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "this can be no host's name") from error


class LookUp:
    """Looks up one host in a thread of its own: nobody can interrupt that, and so nobody waits for it.

    Args:
        host: Its name.
        port: Of what is asked for there.
        done: Called from that thread, once something was found out.
        addresses_of: Finds addresses.

    Attributes:
        under_way: Whether it is being looked up.
    """

    def __init__(
        self,
        host: str,
        port: int,
        done: Callable[[], None],
        addresses_of: Callable[[str, int], Sequence[Address]] = resolve,
    ) -> None:
        self._host, self._port = host, port
        self._done = done
        self._addresses_of = addresses_of
        self._found: Sequence[str] = ()
        self._found_at = float("-inf")
        self.under_way = False

    def addresses(self) -> Sequence[str]:
        """Return the addresses that were found of late, those to be tried first at the beginning; () for none."""
        return self._found if time.monotonic() - self._found_at < _FRESH_S else ()

    def start(self) -> None:
        """Look the host up, unless that is under way."""
        if not self.under_way:
            self.under_way = True
            threading.Thread(target=self._look, name="look-up", daemon=True).start()

    def _look(self) -> None:
        found: Sequence[str] = ()
        try:
            found = [str(where[0]) for *_, where in self._addresses_of(self._host, self._port)]
        except OSError:
            pass
        finally:
            self._found, self._found_at = list(dict.fromkeys(found)), time.monotonic()
            self.under_way = False
            self._done()
