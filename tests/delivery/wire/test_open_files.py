"""How many connections there can be, asked of the system in processes that have such limits."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from importer.delivery.wire import open_files
from importer.delivery.wire.open_files import connections_at_most

ASK = """
import sys
from importer.delivery.wire.open_files import connections_at_most
taken = [open("/dev/null") for _ in range(int(sys.argv[2]))]
print(connections_at_most(int(sys.argv[1]), files_each=3 + (len(sys.argv) > 3)))
"""


def possible(limit: str, asked: int, *more: str, taken: int = 0) -> int:
    """Return how many are possible where so many files may be open, and so many are."""
    command = (sys.executable, "-c", ASK, str(asked), str(taken), *more)
    limited = ("sh", "-c", f'ulimit -Sn {limit} && exec "$@"', "limited", *command)
    return int(subprocess.run(limited, check=True, capture_output=True, text=True).stdout)


def test_where_files_are_plenty_all_are_possible() -> None:
    """The usual limits stand in nobody's way."""
    assert possible("1024", 64) == 64
    assert connections_at_most(1, files_each=3) == 1


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


@pytest.mark.parametrize(("limit", "at_most"), [(1024, 64), (80, 16)])
def test_where_nobody_tells_what_is_open_as_much_as_usual_is(
    limit: int, at_most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container may lack the folder that tells: that is no reason to send nothing, nor to forget the limit."""
    monkeypatch.setattr(open_files, "_OPEN_FILES", tmp_path / "none")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    try:
        assert connections_at_most(64, files_each=3) == at_most
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
