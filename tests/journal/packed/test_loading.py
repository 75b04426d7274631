"""Rows come into the journal as they were checked, whether one by one or many in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.journal.journal import Journal
from importer.journal.packed import loading
from importer.journal.packed.ids_and_times import unpacked_id
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.rows import Update
from importer.model.run import NewRun
from tests.journal.rows import NEW_RUN, seen, update

KINDS = st.tuples(
    st.sampled_from([1, 1, 1, 1, 2]),  # to the row before
    st.sampled_from(["uuid", "uuid", "uuid", "UUID", "c-17"]),
    st.sampled_from(["g", "g", "g", "h"]),
    st.sampled_from(["", "", "", "White space was removed."]),
    st.sampled_from(["ana@example.com", "Ana@example.com", "bo@example.com", "STRASSE@example.com"]),
    st.sampled_from(["Ana", "Bo", ""]),
)


def _updates(kinds: list[tuple[Any, ...]]) -> list[Update]:
    row, updates = 1, []
    for step, customer, group, note, email, name in kinds:
        row += step
        one = str(uuid.UUID(int=row * 2**70))
        of_kind = {"uuid": one, "UUID": one.replace("0", "A").upper(), "c-17": f"c-{row}"}[customer]
        updates.append(replace(update(row, customer=of_kind, note=note, email=email, first_name=name), group_id=group))
    return updates


@settings(max_examples=25)
@given(st.lists(KINDS, max_size=40), st.sampled_from([1, 3, 1000]))
def test_each_row_is_what_it_was(kinds: list[tuple[Any, ...]], shortest: int) -> None:
    """Its customer, its group, its digests, and the address in lower case where that is another one."""
    updates = _updates(kinds)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_SHORTEST_BLOCK", shortest)
        source = Path(folder, "changes.csv")
        source.write_text("customer_id\n")
        with Journal(Path(folder, "state"), wall=lambda: 0.0) as journal:
            run = journal.begin(NewRun(run_id="run-1", source=source, output=Path(folder, "out"), **NEW_RUN))
            run.add(updates, [])
            query = (
                "SELECT row, whose.name, through.name, customer, digests,"
                " coalesce(lower_email_digest, substr(digests, 17)), lower_email_digest IS NULL, note"
                " FROM rows JOIN names AS whose ON whose.number = group_number"
                " JOIN names AS through ON through.number = account_number ORDER BY row"
            )
            found = [(*one[:3], unpacked_id(one[3]), *one[4:]) for one in seen(run.path, query)]
            assert found == [_expected(run, one) for one in updates]
            assert [one.update for one in run.pending(0, 100)] == [replace(one, note="") for one in updates]


def _expected(run: RunJournal, one: Update) -> tuple[object, ...]:
    digest, lower = run.digester.digest, one.email.lower()
    digests = digest(one.first_name) + digest(one.last_name) + digest(one.email)
    is_lower = lower == one.email
    return one.row, one.group_id, one.linked_account_id, one.customer_id, digests, digest(lower), is_lower, one.note


def test_a_check_keeps_no_value(journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """What is never sent is nowhere but in the source."""
    run = journal.begin(replace(new_run(), mode=Mode.CHECK))
    run.add([update(row) for row in range(2, 40)], [])
    assert list(run.connection.execute("SELECT count(*) FROM sent_values.updates")) == [(0,)]
    assert run.to_send() == 38
