"""Rows that have something in common with another row: found by a number of each, without sorting them all in SQL."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

AMONG_TWINS: Final = "(:twins IS NULL OR row IN (SELECT value FROM json_each(:twins)))"
NO_TWINS: Final = "[]"
_NUMBERS: Final = "q"
_ODD: Final = 0x9E3779B97F4A7C15 - (1 << 64)
"""Spreads the bits of what it is multiplied with, without which halves of ids could cancel each other."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What rows may have in common, as numbers of 8 bytes: rows that have it in common have the same number.

    Attributes:
        rows: The rows that a process has taken in.
        customers: Of the group and the customer of each.
        addresses: Of the e-mail address of each, in lower case.
    """

    rows: array[int] = field(default_factory=lambda: array(_NUMBERS))
    customers: array[int] = field(default_factory=lambda: array(_NUMBERS))
    addresses: array[int] = field(default_factory=lambda: array(_NUMBERS))

    def add(self, rows: Sequence[int], group: int, customers: Sequence[bytes | str] | bytes, lower: bytes) -> None:
        """Take in rows of one group.

        Args:
            rows: Their numbers.
            group: The number of the group.
            customers: Their ids, packed; of UUIDs alone all bytes, one after the other.
            lower: The digests of their addresses in lower case, one after the other.
        """
        self.rows.extend(rows)
        self.addresses.frombytes(lower)
        if isinstance(customers, bytes):
            self.customers.frombytes(_of_uuids(customers, group))
            return
        for one in customers:
            if isinstance(one, bytes):
                self.customers.frombytes(_of_uuids(one, group))
            else:
                self.customers.append(hash((group, one)))


def _of_uuids(uuids: bytes, group: int) -> bytes:
    import numpy as np  # noqa: PLC0415 - takes long to import; whoever has checked a sheet has it already

    halves = np.frombuffer(uuids, dtype=np.int64)
    return bytes((halves[0::2] * np.int64(_ODD) + halves[1::2] + np.int64(group)).tobytes())


def twins(rows: Sequence[int], keys: array[int]) -> str | None:
    """Return the rows whose key another one has, as a JSON list for `AMONG_TWINS`; `NO_TWINS` where there is none.

    Every row that has something in common is among them, and once in a very long while one that has not. None where no
    rows were taken in: then it may be any, and SQL is to tell.
    """
    if not rows:
        return None
    import numpy as np  # noqa: PLC0415 - as above

    ordered = np.sort(np.frombuffer(keys, dtype=np.int64))
    shared = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
    return json.dumps([row for row, key in zip(rows, keys, strict=True) if key in shared]) if shared else NO_TWINS
