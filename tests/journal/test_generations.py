"""How far a journal has come, and where something of it was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importer.journal.generations import Generations
from importer.journal.journal import Journal
from importer.model.run import NewRun

Begin = Callable[..., NewRun]
NOW = "2026-01-02T03:04:05.000000Z"


@pytest.fixture
def begin(journal: Journal, new_run: Begin) -> Callable[..., int]:
    """Return a function that begins a run, and returns its number."""

    def make(run_id: str, *, retry_of: str | None = None, known: int = 0) -> int:
        retried = journal.find(retry_of) if retry_of else None
        run = journal.begin(replace(new_run(run_id), retry_of=retried), known)
        run.connection.execute("DETACH sent_values")
        return run.number

    return make


def test_a_generation_is_higher_than_all_before(journal: Journal, open_journal: Callable[[], Journal]) -> None:
    """It grows by one with each step, and is there when the journal is opened again."""
    assert journal.generations.current() == 0
    assert [journal.generations.advance(), journal.generations.advance()] == [1, 2]
    with open_journal() as again:
        assert again.generations == replace(journal.generations, connection=again.generations.connection)
        assert again.generations.current() == 2


def test_what_is_told_is_understood_by_the_same_journal_only(journal: Journal) -> None:
    """Another journal's text, and what is none, tell of nothing."""
    generations = journal.generations
    assert generations.told(generations.as_text(17)) == 17
    assert generations.told(generations.as_text(17) + "\n") == 17
    other = Generations(generations.connection, generations.path, "0123456789abcdef")
    for text in (other.as_text(17), "", generations.name, f"{generations.name} -1", f"{generations.name} 1 2"):
        assert generations.told(text) == 0, text


def test_whatever_was_begun_before_a_loss_is_known_to_be_so(journal: Journal, begin: Callable[..., int]) -> None:
    """A loss lies before the first run that knows of it; a retry is as old as the first run that it goes back to."""
    first, second = begin("first"), begin("second")
    journal.generations.advance()
    new = begin("new", known=5)
    assert journal.generations.current() == 5
    retry_of_old, retry_of_new = begin("again", retry_of="first"), begin("anew", retry_of="new")
    lost = {number: journal.generations.is_lost_since(number) for number in (first, second, new)}
    assert lost == {first: True, second: True, new: False}
    assert journal.generations.is_lost_since(retry_of_old)
    assert not journal.generations.is_lost_since(retry_of_new)


def test_a_loss_that_an_old_run_notices_lies_behind_all_runs(journal: Journal, begin: Callable[..., int]) -> None:
    """Later ones know of it."""
    first, second = begin("first"), begin("second")
    journal.generations.catch_up(1, now=NOW)
    third = begin("third")
    assert [journal.generations.is_lost_since(number) for number in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize("known", [0, 1, 2])
def test_nothing_is_lost_where_no_more_is_known_elsewhere(
    known: int, journal: Journal, begin: Callable[..., int]
) -> None:
    """A crash between the journal and what is told elsewhere leaves less there, never more."""
    first = begin("first")
    journal.generations.advance()
    journal.generations.advance()
    journal.generations.catch_up(known, now=NOW)
    assert journal.generations.current() == 2
    assert not journal.generations.is_lost_since(first)


def test_a_journal_without_runs_can_have_lost_some(journal: Journal, begin: Callable[..., int]) -> None:
    """One that was made anew under the old key knows no run; the first is none that was lost."""
    journal.generations.catch_up(7, now=NOW)
    assert journal.generations.advance() == 8
    assert not journal.generations.is_lost_since(begin("first"))


def test_a_loss_at_the_same_place_is_noticed_again(journal: Journal, begin: Callable[..., int]) -> None:
    """A backup may be put back twice: what counts is when that was noticed last."""
    begin("first")
    later = "2026-02-02T03:04:05.000000Z"
    assert not journal.generations.is_lost_after("")
    journal.generations.catch_up(1, now=NOW)
    assert (journal.generations.is_lost_after(NOW), journal.generations.is_lost_after(later)) == (True, False)
    journal.generations.catch_up(2, now=later)
    assert journal.generations.is_lost_after(later)


def test_two_runs_that_begin_together_after_a_loss_are_both_after_it(
    begin: Callable[..., int], journal: Journal
) -> None:
    """Both have looked at what is told elsewhere before either was there: whichever is first notices the loss."""
    old = begin("old")
    first, second = begin("first", known=7), begin("second", known=7)
    assert [journal.generations.is_lost_since(number) for number in (old, first, second)] == [True, False, False]
    assert journal.generations.current() == 7


def test_a_loss_is_noticed_once_whoever_looks_at_it_at_the_same_time(
    begin: Callable[..., int], journal: Journal, open_journal: Callable[[], Journal]
) -> None:
    """Whether it was noticed already is looked at in the transaction that notes it."""
    new: list[int] = []

    def begins_meanwhile(statement: str) -> None:
        if statement.startswith("BEGIN") and not new:
            new.append(0)
            new[0] = begin("new", known=7)

    with open_journal() as other:
        other.generations.connection.set_trace_callback(begins_meanwhile)
        other.generations.catch_up(7, now=NOW)
    assert len(new) == 1
    assert not journal.generations.is_lost_since(new[0])


def test_a_run_that_gets_the_number_of_one_that_was_taken_out_is_after_its_loss(
    begin: Callable[..., int], journal: Journal, new_run: Begin
) -> None:
    """What was lost behind the one lies before the other."""
    first = begin("first")
    run = journal.begin(new_run("none"))
    journal.generations.catch_up(7, now=NOW)
    run.discard()
    second = begin("second")
    assert second == run.number
    assert [journal.generations.is_lost_since(number) for number in (first, second)] == [True, False]
