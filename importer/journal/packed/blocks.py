"""Rows one after the other that come in with one statement, whose columns are one value each: SQL for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from importer.journal.packed.digests_of_rows import BYTES_OF_A_ROW
from importer.journal.private.digests import DIGEST_BYTES

BLOCK: Final = "WITH RECURSIVE block (at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM block WHERE at < :last)"
"""A table of the places of its rows, from 0 on."""
CUSTOMER_AT: Final = "substr(:customers, 1 + 16 * at, 16)"
DIGESTS_AT: Final = f"substr(:digests, 1 + {BYTES_OF_A_ROW} * at, {BYTES_OF_A_ROW})"
LOWER_AT: Final = (
    f"nullif(substr(:lower, 1 + {DIGEST_BYTES} * at, {DIGEST_BYTES}),"
    f" substr(:digests, 1 + {BYTES_OF_A_ROW} * (at + 1) - {DIGEST_BYTES}, {DIGEST_BYTES}))"
)
"""The digest of the address in lower case, where that is another one."""


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Rows one after the other, of one group and account, whose customers are UUIDs.

    Attributes:
        run: The number of their run.
        first: The number of the first row.
        last: The place of the last one, from 0 on.
        group: The number of the group.
        account: The number of the account.
        customers: The 16 bytes of each customer.
        digests: The digests of each row.
    """

    run: int
    first: int
    last: int
    group: int
    account: int
    customers: bytes
    digests: bytes

    def values(self) -> Mapping[str, object]:
        """Return what the statements about it take."""
        return {
            "run": self.run,
            "first": self.first,
            "last": self.last,
            "group": self.group,
            "account": self.account,
            "customers": self.customers,
            "digests": self.digests,
        }
