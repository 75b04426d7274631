"""What is asked before sending, in words."""

from __future__ import annotations

from pathlib import Path

from importer.cli.screen.question import facts, question
from importer.model.run import Changes, Target
from importer.model.source import Detected, Field, SourceInfo
from importer.model.statuses import Status
from importer.story.order import Plan, Stake

GROUP = "11111111-2222-4333-8444-555555555555"


def _plan(
    to_send: int,
    *,
    invalid: int = 0,
    settled: int = 0,
    left_out: int = 0,
    repeats: int = 0,
    to_default: dict[str, int] | None = None,
) -> Plan:
    detected = Detected(format="csv", to_default=to_default or {})
    aside = {Status.INVALID: invalid, Status.SETTLED: settled, Status.NOT_SENT: left_out}
    source = SourceInfo("/in/may.csv", "", "", to_send + sum(aside.values()) + repeats, {}, detected)
    statuses = dict.fromkeys(Status, 0) | aside
    return Plan("k3f9abcd", Path("/out"), source, Target("https://api.example.com", GROUP, "acct-1"), statuses, to_send)


def _told(plan: Plan, stake: Stake) -> list[str]:
    return list(facts(plan, stake, "may.csv"))


def test_all_that_is_at_stake_is_said_a_line_each() -> None:
    """Where to, how many where, who takes the run's group, what nobody sees, and what differs."""
    changes = Changes(compared=9, same=5, fields={Field.FIRST_NAME: 1, Field.LAST_NAME: 0, Field.EMAIL: 4})
    stake = Stake(places=[(GROUP, "acct-1", 10), ("g-2", "acct-9", 2)], hidden=3, changes=changes)
    assert _told(_plan(12, invalid=2, repeats=1, to_default={"group_id": 4}), stake) == [
        'To be sent to https://api.example.com: 12 of 15 rows of "may.csv" (2 invalid, 1 repeats another)',
        f"  10 rows to group {GROUP}, account acct-1",
        "  2 rows to group g-2, account acct-9",
        "  Of all valid rows, 4 have no group of their own, and take that of the run",
        "  3 of them are hidden in the sheet, by its filter or by hand",
        "  Since last confirmed: 4 rows changed (first name 1 and e-mail 4), 5 the same, 3 not known",
    ]
    assert question(_plan(12)) == "Send 12 requests?"


def test_one_row_is_told_as_one() -> None:
    """And nothing is said of what is not there."""
    stake = Stake(places=[(GROUP, "acct-1", 1)], hidden=1)
    assert _told(_plan(1, to_default={"linked_account_id": 1}), stake) == [
        'To be sent to https://api.example.com: 1 of 1 row of "may.csv"',
        f"  1 row to group {GROUP}, account acct-1",
        "  Of all valid rows, 1 has no account of its own, and takes that of the run",
        "  It is hidden in the sheet, by its filter or by hand",
        "  Since last confirmed: nothing is known of these customers",
    ]
    assert question(_plan(1)) == "Send 1 request?"


def test_rows_that_are_not_sent_are_told_by_why() -> None:
    """Whoever sees nothing but the question sees that no row is forgotten."""
    stake = Stake(places=[(GROUP, "acct-1", 10)])
    first, *_ = _told(_plan(10, invalid=3, settled=2, left_out=1400), stake)
    assert first.endswith(' 10 of 1,415 rows of "may.csv" (3 invalid, 2 settled, 1,400 left out)')


def test_many_places_are_summed_up() -> None:
    """The five that most rows go to, and how many go elsewhere."""
    stake = Stake(places=[(f"g-{number}", "a", 100 - number) for number in range(8)])
    told = _told(_plan(772), stake)
    assert told[1:6] == [f"  {100 - number} rows to group g-{number}, account a" for number in range(5)]
    assert told[6] == "  282 rows to 3 other groups or accounts"
