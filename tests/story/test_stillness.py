"""Whether a source is still being written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.errors import RunAbandonedError, SourceError
from importer.model.source import STANDARD_INPUT
from importer.story.stillness import Stillness, Unchanged


class SimulatedTime:
    """Time that passes where somebody sleeps; what is to happen at a time then happens."""

    def __init__(self) -> None:
        self.now = 100.0
        self._plan: list[tuple[float, Callable[[], object]]] = []

    def at(self, after_s: float, act: Callable[[], object]) -> None:
        """Have something happen so much later than the beginning."""
        self._plan.append((100.0 + after_s, act))

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        self.now += seconds
        for _, act in (due := [one for one in self._plan if one[0] <= self.now]):
            act()
        self._plan = [one for one in self._plan if one not in due]

    @property
    def passed(self) -> float:
        """How long it is since the beginning."""
        return self.now - 100.0


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file."""
    path = tmp_path / "a.csv"
    path.write_text("one\n", "utf-8")
    return path


def _append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("more\n")


def _stillness(time: SimulatedTime, settle_s: float = 4.0) -> Stillness:
    return Stillness(settle_s=settle_s, clock=time.clock, sleep=time.sleep)


def test_a_file_that_stands_still_is_waited_for_as_long_as_it_must(source: Path) -> None:
    """However old it is: who copies a file may keep its time."""
    os.utime(source, (1, 1))
    time = SimulatedTime()
    _stillness(time).wait(source)
    assert 4.0 <= time.passed < 6.0


def test_each_change_begins_the_waiting_anew(source: Path) -> None:
    """Of the size, of the time alone, and of the name that is there again after a while."""
    time = SimulatedTime()
    time.at(3.0, lambda: _append(source))
    time.at(6.0, lambda: os.utime(source, (5, 5)))
    time.at(9.0, lambda: source.rename(source.with_name("b.csv")))
    time.at(12.0, lambda: source.with_name("b.csv").rename(source))
    _stillness(time).wait(source)
    assert 16.0 <= time.passed < 19.0


def test_a_file_that_grows_for_ever_is_refused_at_last(source: Path) -> None:
    """After sixty times as long as it must stand still."""
    time = SimulatedTime()
    for at in range(1, 400):
        time.at(at, lambda: _append(source))
    with pytest.raises(SourceError, match="240") as raised:
        _stillness(time).wait(source)
    assert raised.value.code == "source_changed"
    assert 240 < time.passed < 243


@pytest.mark.parametrize("settle_s", [0.0, 3.0])
def test_standard_input_and_what_is_not_there_are_not_waited_for(tmp_path: Path, settle_s: float) -> None:
    """Whoever reads them says what is wrong."""
    time = SimulatedTime()
    for path in (STANDARD_INPUT, tmp_path / "none.csv"):
        _stillness(time, settle_s).wait(path)
    assert not time.passed


def test_without_a_time_nothing_is_waited_for(source: Path) -> None:
    """As it is by default."""
    time = SimulatedTime()
    _stillness(time, 0.0).wait(source)
    assert not time.passed


def test_whoever_gives_up_ends_the_waiting(source: Path) -> None:
    """With what that raises."""
    time = SimulatedTime()

    def give_up() -> None:
        if time.passed > 2:
            raise RunAbandonedError("It is enough.", code="interrupted")

    with pytest.raises(RunAbandonedError):
        Stillness(settle_s=60.0, clock=time.clock, sleep=time.sleep, given_up=give_up).wait(source)
    assert time.passed < 4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_append, id="size"),
        pytest.param(lambda path: os.utime(path, (1, 1)), id="time"),
        pytest.param(lambda path: path.unlink(), id="gone"),
    ],
)
def test_a_source_that_is_another_one_is_refused(source: Path, change: Callable[[Path], object]) -> None:
    """In size, in time, or since there is none any more."""
    unchanged = Unchanged.since_now(source)
    unchanged.expect()
    change(source)
    with pytest.raises(SourceError) as raised:
        unchanged.expect()
    assert raised.value.code == "source_changed"


def test_a_copy_must_be_as_long_as_the_source(source: Path, tmp_path: Path) -> None:
    """What was written and taken back while it was copied shows there."""
    copy = tmp_path / "copy"
    copy.write_bytes(source.read_bytes())
    unchanged = Unchanged.since_now(source)
    unchanged.expect(copy=copy)
    copy.write_bytes(b"on")
    with pytest.raises(SourceError):
        unchanged.expect(copy=copy)


def test_standard_input_is_never_another_one(tmp_path: Path) -> None:
    """Also where a file is called so."""
    Unchanged.since_now(STANDARD_INPUT).expect(copy=tmp_path / "copy")
