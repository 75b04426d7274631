"""Starting and stopping: quickly, cleanly, and saying what is in the way."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from importer.errors import SettingsError
from importer.sandbox import Customer, Sandbox, SandboxOptions, serve
from importer.sandbox.waits import Waits

from .client import Put, ask, connect, send, to

ANYBODY = SandboxOptions(any_customer=True)


def open_files() -> int:
    """Return how many files and sockets this process holds open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """After a sandbox has stopped there is no thread, no open file, and nobody listens."""
    threads, files = threading.active_count(), open_files()
    options = SandboxOptions(any_customer=True, database=tmp_path / "c.db", request_log=tmp_path / "r.jsonl")
    with Sandbox(options) as sandbox:
        assert send(sandbox.base_url, Put()).status == 200
        assert threading.active_count() == threads + 1
    assert threading.active_count() == threads
    assert open_files() <= files
    with pytest.raises(ConnectionRefusedError):
        send(sandbox.base_url, Put())


def test_idle_connections_do_not_hold_it_up() -> None:
    """Clients that keep their connections open do not delay the stop."""
    with ExitStack() as clients:
        with Sandbox(ANYBODY) as sandbox:
            for _ in range(20):
                connection = clients.enter_context(closing(connect(sandbox.base_url)))
                assert ask(connection, Put()).status == 200
            began = time.monotonic()
        assert time.monotonic() - began < 2


@pytest.mark.slow
def test_hanging_request_is_cut_off_without_a_reply() -> None:
    """A request that is never answered ends with the sandbox, at once, and still without an answer."""
    with ThreadPoolExecutor() as pool:
        with Sandbox(ANYBODY) as sandbox:
            hanging = pool.submit(send, sandbox.base_url, Put(to("timeout")))
            time.sleep(0.2)
            assert not hanging.done()
            began = time.monotonic()
        assert time.monotonic() - began < 2
        assert isinstance(hanging.exception(timeout=5), http.client.RemoteDisconnected | ConnectionError)


def test_waiting_request_is_answered_when_it_stops() -> None:
    """A request that was applied and waits for its latency is answered, truly, before the sandbox is gone."""
    with ThreadPoolExecutor() as pool:
        with Sandbox(SandboxOptions(any_customer=True, latency_s=60)) as sandbox:
            waiting = pool.submit(send, sandbox.base_url, Put())
            time.sleep(0.2)
            began = time.monotonic()
        assert time.monotonic() - began < 2
        assert waiting.result(timeout=5).status == 200


@pytest.mark.slow
def test_half_a_request_does_not_hold_it_up() -> None:
    """A client that never finishes its request is given up."""
    put = Put()
    with ExitStack() as clients:
        with Sandbox(ANYBODY) as sandbox:
            url = urlsplit(sandbox.base_url)
            for part in ("PUT", f"PUT {put.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{{"):
                raw = clients.enter_context(socket.create_connection((url.hostname, url.port)))
                raw.sendall(part.encode())
            time.sleep(0.1)
            began = time.monotonic()
        assert time.monotonic() - began < 3


def test_signal_handlers_stay_the_program_s_own() -> None:
    """A sandbox inside a program changes no signal handler, neither while it runs nor after."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with Sandbox(ANYBODY):
        assert [signal.getsignal(number) for number in numbers] == before
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.slow
def test_sandbox_can_be_entered_again() -> None:
    """The same sandbox can be started anew, and learns customers only while it runs."""
    sandbox = Sandbox(ANYBODY)
    for _ in range(2):
        with sandbox:
            assert send(sandbox.base_url, Put()).status == 200
    with pytest.raises(RuntimeError, match="while it runs"):
        sandbox.register([])


@pytest.mark.parametrize(
    ("host", "prefix"),
    [
        pytest.param("127.0.0.1", "http://127.0.0.1:", id="default"),
        pytest.param("localhost", "http://", id="name"),
        pytest.param("0.0.0.0", "http://127.0.0.1:", id="every-address"),  # noqa: S104 - asked for, as a user may
        pytest.param("::1", "http://[::1]:", id="ipv6"),
    ],
)
def test_base_url_can_be_connected_to(host: str, prefix: str) -> None:
    """Whatever host was given, the base URL is one that this machine reaches."""
    if host == "::1" and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with Sandbox(SandboxOptions(any_customer=True, host=host)) as sandbox:
        assert sandbox.base_url.startswith(prefix)
        assert send(sandbox.base_url, Put()).status == 200


def test_port_in_use_is_said() -> None:
    """A port that another program holds is a wrong setting, and the message names it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} of 127.0.0.1: it is in use") as caught:
            Sandbox(SandboxOptions(port=port)).__enter__()
    assert caught.value.code == "sandbox_port_in_use"


@pytest.mark.parametrize(
    ("host", "why"),
    [
        pytest.param("a..b", "no such name or address is known", id="no-name"),
        pytest.param("192.0.2.1", "annot assign requested address", id="another-machine"),
    ],
)
def test_host_that_is_not_here_is_said(host: str, why: str) -> None:
    """A host that is not this machine is a wrong setting, and the message says why."""
    with pytest.raises(SettingsError, match=why) as caught:
        Sandbox(SandboxOptions(host=host)).__enter__()
    assert caught.value.code == "sandbox_address"


def test_failed_start_leaves_nothing_open(tmp_path: Path) -> None:
    """When the database cannot be used, the port is free again."""
    files = open_files()
    with pytest.raises(SettingsError):
        Sandbox(SandboxOptions(database=tmp_path)).__enter__()
    assert open_files() <= files


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_with_a_signal(number: signal.Signals) -> None:
    """`serve` announces the URL once it listens and knows its customers, and returns when it is signalled."""
    put = Put()
    before = signal.getsignal(number)
    statuses = []

    def announce(base_url: str) -> None:
        statuses.append(send(base_url, put).status)
        os.kill(os.getpid(), number)

    serve(SandboxOptions(), [Customer(None, put.customer_id)], announce=announce)
    assert statuses == [200]
    assert signal.getsignal(number) is before


@pytest.mark.slow
def test_serve_waits_for_a_signal_from_outside() -> None:
    """As a process of its own it serves until it is terminated, and ends well."""
    code = (
        "from importer.sandbox import SandboxOptions, serve\n"
        "serve(SandboxOptions(any_customer=True), [], announce=lambda url: print(url, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert send(process.stdout.readline().strip(), Put()).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def run_python(code: str) -> str:
    """Run code in an interpreter of its own and return what it prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("package", ["uvicorn", "starlette", "httptools"])
def test_missing_extra_is_said(package: str) -> None:
    """Where a package of the extra is missing, the message names it and the hint installs it."""
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from importer.errors import SettingsError\n"
        "from importer.sandbox import Sandbox, SandboxOptions\n"
        "try:\n    Sandbox(SandboxOptions()).__enter__()\n"
        "except SettingsError as error:\n    print(error.code, error.message, error.hint, sep='|')\n"
    )
    code_and_message, hint = run_python(code).rsplit("|", 1)
    said = f"The sandbox needs packages that are not installed: {package} is missing."
    assert code_and_message == f"sandbox_missing|{said}"
    assert "pip install '.[sandbox]'" in hint


def test_importing_the_sandbox_is_cheap() -> None:
    """Importing the package brings in nothing that only a running sandbox needs."""
    code = (
        "import sys, importer.sandbox\n"
        "heavy = {'asyncio', 'uvicorn', 'starlette', 'httptools'}\n"
        "heavy |= {'importer.sandbox.customers', 'importer.sandbox.app'}\n"
        "print(heavy & sys.modules.keys() or 'nothing')\n"
    )
    assert run_python(code) == "nothing"


def test_waits_end_once_and_for_all() -> None:
    """Ending the waits ends those under way and those that begin later, and ending them twice is no harm.

    The story has a thread of its own: where a test has driven a browser before, this one has a loop that runs.
    """

    async def story() -> float:
        waits = Waits()
        first = asyncio.create_task(waits.wait(60))
        await asyncio.sleep(0)
        waits.end()
        waits.end()
        began = time.monotonic()
        await first
        await waits.wait(60)
        await waits.wait_for(asyncio.sleep(60))
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(story())).result() < 1
