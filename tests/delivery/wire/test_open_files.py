"""How many connections there can be, asked of the system in processes that have such limits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from importer.delivery.wire.open_files import connections_at_most

ASK = """
import sys
from importer.delivery.wire.open_files import connections_at_most
taken = [open("/dev/null") for _ in range(int(sys.argv[2]))]
print(connections_at_most(int(sys.argv[1]), server_here=len(sys.argv) > 3))
"""


def possible(limit: str, asked: int, *more: str, taken: int = 0) -> int:
    """Return how many are possible where so many files may be open, and so many are."""
    command = (sys.executable, "-c", ASK, str(asked), str(taken), *more)
    limited = ("sh", "-c", f'ulimit -Sn {limit} && exec "$@"', "limited", *command)
    return int(subprocess.run(limited, check=True, capture_output=True, text=True).stdout)


def test_where_files_are_plenty_all_are_possible() -> None:
    """The usual limits stand in nobody's way."""
    assert possible("1024", 64) == 64
    assert connections_at_most(1) == 1


@pytest.mark.slow
def test_a_low_limit_leaves_as_many_as_fit() -> None:
    """A connection takes three of what is left beside what is open and what a run needs."""
    assert 10 <= possible("64", 64) <= 15
    assert possible("64", 5) == 5
    assert possible("64", 64, taken=12) == possible("64", 64) - 4


@pytest.mark.slow
def test_a_server_in_the_same_process_takes_its_part() -> None:
    """Its ends of the connections are files of this process, too."""
    assert possible("64", 64, "here") * 4 <= possible("64", 64) * 3 + 3


@pytest.mark.slow
def test_there_is_always_one() -> None:
    """Where not even one fits, trying it tells why."""
    assert possible("24", 64) == 1
