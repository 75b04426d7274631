"""Starting and stopping a sandbox: in a thread of this process, or until the process is interrupted."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from importer.errors import SettingsError
from importer.sandbox.sandbox_options import Customer, SandboxOptions

if TYPE_CHECKING:
    from importer.sandbox.customers import Store

_BACKLOG: Final = 1_024
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_REACHED_AT: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here: it is looked up


class Sandbox:
    """The Update Customer API on a socket of this machine, for as long as the context lasts.

    It runs in a thread of its own and leaves the process's signal handlers alone. Leaving the context answers
    requests that wait for their latency at once, cuts hanging ones off, and takes less than two seconds.

    Args:
        options: Where it listens and how it behaves.
        customers: Whom it knows before it takes the first request.

    Raises:
        SettingsError: On entering: its packages are not installed (`sandbox_missing`), it cannot listen there, or
            its database or request log cannot be used.
    """

    def __init__(self, options: SandboxOptions, customers: Iterable[Customer] = ()) -> None:
        self._options = options
        self._customers = customers
        self._resources = ExitStack()
        self._store: Store | None = None
        self._base_url = ""

    @property
    def base_url(self) -> str:
        """Where it listens, without a slash at the end: an address that this machine can connect to."""
        return self._base_url

    def __enter__(self) -> Self:
        try:
            from importer.sandbox.hosting import host  # noqa: PLC0415 - heavy, and an extra: only where one starts
        except ModuleNotFoundError as error:
            package = str(error.name).partition(".")[0]
            raise SettingsError(
                f"The sandbox needs packages that are not installed: {package} is missing.",
                code="sandbox_missing",
                hint="Install the importer with its extra: pip install '.[sandbox]' in the folder of the project.",
            ) from error
        with ExitStack() as resources:
            listening = resources.enter_context(_listen(self._options.host, self._options.port))
            self._store = resources.enter_context(host(self._options, listening, self._pairs(self._customers)))
            self._base_url = _url(listening)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._store = None
        self._resources.close()

    def register(self, customers: Iterable[Customer]) -> None:
        """Make customers known while it runs; known ones stay as they are.

        Raises:
            RuntimeError: It does not run.
        """
        if self._store is None:
            raise RuntimeError("A sandbox learns customers only while it runs.")
        self._store.register(self._pairs(customers))

    def _pairs(self, customers: Iterable[Customer]) -> Iterator[tuple[str, str]]:
        """Yield group and id as the store knows them: in lower case, the group "" where every one will do."""
        own = self._options.group_id or ""
        return (((customer.group_id or own).lower(), customer.customer_id.lower()) for customer in customers)


def serve(options: SandboxOptions, customers: Iterable[Customer], *, announce: Callable[[str], None]) -> None:
    """Run a sandbox until SIGINT or SIGTERM arrives, then return; to be called in the main thread.

    Args:
        options: Where it listens and how it behaves.
        customers: Whom it knows before it takes the first request.
        announce: Is told the base URL once it listens.

    Raises:
        SettingsError: As for `Sandbox`.
    """
    with _stop_signals() as arrived, Sandbox(options, customers) as sandbox:
        announce(sandbox.base_url)
        arrived.get()


@contextmanager
def _stop_signals() -> Iterator[SimpleQueue[int]]:
    """Collect the signals that stop a server instead of being stopped by them.

    The queue's `put` is reentrant, which an event's `set` is not: a handler interrupts whoever waits.
    """
    arrived: SimpleQueue[int] = SimpleQueue()
    before = {number: signal.signal(number, lambda number, _: arrived.put(number)) for number in _STOP_SIGNALS}
    try:
        yield arrived
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = addresses[0]
        bound = socket.create_server((str(address[0]), port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        raise _explain(error, host, port) from error
    # asyncio sets TCP_NODELAY only on a socket that knows its protocol, which one opened anew by its number does.
    # Replies leave in two parts: without it, the second would wait 40 ms for the client to acknowledge the first.
    return socket.socket(fileno=bound.detach())


def _explain(error: OSError | UnicodeError, host: str, port: int) -> SettingsError:
    """Return in words why nothing can listen there (getaddrinfo(3), bind(2))."""
    code = "sandbox_address"
    if isinstance(error, socket.gaierror | UnicodeError):
        why = "no such name or address is known"
    elif error.errno == errno.EADDRINUSE:
        why, code = "it is in use", "sandbox_port_in_use"
    else:
        why = str(error.strerror)
    return SettingsError(
        f"The sandbox cannot listen on port {port} of {host}: {why}.",
        code=code,
        hint="Leave the host out to listen on 127.0.0.1, and the port to take any free one.",
    )


def _url(listening: socket.socket) -> str:
    address, port = listening.getsockname()[:2]
    reached_at = _REACHED_AT.get(address, address)
    return f"http://[{reached_at}]:{port}" if ":" in reached_at else f"http://{reached_at}:{port}"
