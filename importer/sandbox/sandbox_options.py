"""What a sandbox can be told: where it listens, whom it knows, how it behaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError
from importer.ids import is_uuid

SANDBOX_KEY: Final = "sandbox-manage-customers"
"""The key that `run --sandbox` brings: any key is good, so this one opens nothing anywhere else."""

SANDBOX_GROUP_ID: Final = "5a4db0c5-9a3e-4c52-8f10-6d2f1f0c7a01"
"""The group that `run --sandbox` brings."""

SANDBOX_ACCOUNT_ID: Final = "5a4db0c5-9a3e-4c52-8f10-6d2f1f0c7a02"
"""The linked account that `run --sandbox` brings."""

HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer that a sandbox knows. Ids are compared without regard to case.

    Attributes:
        group_id: The only group in which the customer is known. None: the sandbox's own group, or any group
            where the sandbox has none.
        customer_id: A UUID; one of another form is never found.
    """

    group_id: str | None
    customer_id: str


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """Where a sandbox listens, whom it knows and how it behaves.

    Attributes:
        host: A name or address of this machine; only this machine can connect to the default.
        port: 0 takes any free one.
        database: The SQLite file that remembers customers; None keeps them in memory.
        group_id: The only group that exists; None: every UUID is one.
        linked_account_id: The only account that exists; None: whatever the path says is one.
        latency_s: Seconds between deciding on a request and replying.
        rate_limit: Requests per second; more are answered 429. None: no limit.
        request_log: A file that gets one JSON line for every request, written before the reply leaves.
        any_customer: Accept every UUID as a customer, created with its first update.

    Raises:
        SettingsError: A value that no sandbox can work with.
    """

    host: str = "127.0.0.1"
    port: int = 0
    database: Path | None = None
    group_id: str | None = None
    linked_account_id: str | None = None
    latency_s: float = 0.0
    rate_limit: float | None = None
    request_log: Path | None = None
    any_customer: bool = False

    def __post_init__(self) -> None:
        if not self.host.strip():
            raise SettingsError(
                "The sandbox's host is blank.", code="sandbox_host", hint="Leave it out to listen on 127.0.0.1."
            )
        if not 0 <= self.port <= HIGHEST_PORT:
            raise SettingsError(
                f"The sandbox cannot listen on port {self.port}.",
                code="sandbox_port",
                hint=f"Choose a port from 1 to {HIGHEST_PORT}, or 0 for any free one.",
            )
        if self.group_id is not None and not is_uuid(self.group_id):
            raise SettingsError(
                "The sandbox's group id is not a UUID.",
                code="sandbox_group",
                hint=f"Give one such as {SANDBOX_GROUP_ID}, or leave it out.",
            )
        if not 0 <= self.latency_s < float("inf"):
            raise SettingsError(
                f"The sandbox cannot wait {self.latency_s} seconds before a reply.",
                code="sandbox_latency",
                hint="Give seconds from 0 up, such as 0.1.",
            )
        if self.rate_limit is not None and not 0 < self.rate_limit < float("inf"):
            raise SettingsError(
                f"The sandbox cannot limit itself to {self.rate_limit} requests per second.",
                code="sandbox_rate_limit",
                hint="Give a number above 0, or leave the limit out.",
            )
