"""What an answer's status, headers and body come to."""

from __future__ import annotations

import time
from collections.abc import Mapping

from importer.delivery.replies.rate_headers import parse_quota
from importer.delivery.replies.retry_after import parse_retry_after
from importer.delivery.wire.attempts import Fault, Reply


def reply_of(  # noqa: PLR0913, PLR0917 - all that is known of an answer
    row: int,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    fault: Fault | None,
    elapsed_s: float = 0.0,
    idle_s: float | None = None,
) -> Reply:
    """Return the reply of a row whose answer has begun to come; `headers` are by name, in small letters."""
    now = time.time()
    return Reply(
        row,
        elapsed_s,
        fault,
        status,
        headers.get("content-type", ""),
        parse_retry_after(headers.get("retry-after"), date=headers.get("date"), now=now),
        body,
        headers.get("server", ""),
        idle_s,
        quota=parse_quota(headers, now=now),
    )
