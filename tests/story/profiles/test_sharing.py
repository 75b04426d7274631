"""What each of two runs may have that share a base URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cli.perform import real_world
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.attempts import Engine
from importer.delivery.wire.endpoint import Endpoint
from importer.delivery.wire.wires import REQUESTS
from importer.errors import SettingsError
from importer.lock import SEATS
from importer.model.modes import Mode
from importer.model.run import Target
from importer.sandbox import Sandbox, SandboxOptions
from importer.settings import CEILING, FAST_CEILING, Settings
from importer.story.job import Job
from importer.story.order import Order
from importer.story.profiles.sharing import only_group, own_in_flight, own_rate
from tests.story.meddling import Meddler, make_source

ORDER = Order(mode=Mode.RUN, source=Path("changes.csv"))
GROUP = "AB111111-2222-4333-8444-555555555555"


@given(
    asked=st.none() | st.integers(2, FAST_CEILING),
    rate=st.none() | st.floats(0.001, 100_000),
    ceiling=st.sampled_from([CEILING, FAST_CEILING]),
)
def test_all_that_share_have_together_no_more_than_one_alone(
    asked: int | None, rate: float | None, ceiling: int
) -> None:
    """Neither more requests in flight nor more a second, and each has some; who is alone has all."""
    alone = Settings.load({"concurrency": asked, "rate": rate})
    shared = Settings.load({"concurrency": asked, "rate": rate, "shares_base_url": True})
    whole = own_in_flight(ORDER, alone, ceiling)
    assert whole == (asked or ceiling)
    assert own_in_flight(ORDER, shared, ceiling) >= 1
    assert whole - SEATS < SEATS * own_in_flight(ORDER, shared, ceiling) <= whole
    assert own_rate(ORDER, alone) == rate
    assert (own_rate(ORDER, shared) is None) == (rate is None)
    if rate is not None:
        assert SEATS * (own_rate(ORDER, shared) or 0) == pytest.approx(rate)


@pytest.mark.parametrize(("shares", "asked", "workers"), [(False, None, 64), (True, None, 32), (True, 5, 2)])
def test_a_run_has_no_more_in_flight_than_its_part(
    tmp_path: Path, *, shares: bool, asked: int | None, workers: int
) -> None:
    """That is what its engine is made for."""
    source, made = make_source(tmp_path), list[int]()

    @contextmanager
    def engine(endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]) -> Iterator[Engine]:
        made.append(workers)
        with REQUESTS.engine(endpoint, workers=workers, on_defect=on_defect) as inner:
            yield inner

    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        settings = Settings.load({
            "base_url": sandbox.base_url, "group_id": GROUP, "linked_account_id": "acct-1", "api_key": "good-key",
            "state_dir": tmp_path / "state", "shares_base_url": shares, "concurrency": asked,
        })  # fmt: skip
        order = Order(mode=Mode.RUN, source=source, output=tmp_path / "reports")
        world = replace(real_world(REQUESTS), engine=engine)
        job = Job(order, settings, observer=Meddler(source, "never"), switch=StopSwitch(), world=world)
        assert job.run().exit_code == 0
    assert made == [workers]


def test_a_run_with_an_api_of_its_own_shares_nothing() -> None:
    """The embedded API is nobody else's: all groups, the whole ceiling."""
    sandbox = Order(mode=Mode.RUN, source=Path("changes.csv"), sandbox=True)
    shared = Settings.load({"shares_base_url": True, "rate": 10})
    assert own_in_flight(sandbox, shared, CEILING) == CEILING
    assert own_rate(sandbox, shared) == 10
    assert only_group(sandbox, shared, Target("", None)) is None


def test_groups_are_compared_as_ids_are() -> None:
    """Two runs of the same group must not take each other for others."""
    shared = Settings.load({"shares_base_url": True})
    assert only_group(ORDER, shared, Target("", GROUP)) == only_group(ORDER, shared, Target("", GROUP.lower()))
    assert only_group(ORDER, Settings.load({}), Target("", GROUP)) is None


@pytest.mark.parametrize(("settings", "group"), [({}, None), ({"concurrency": 1}, GROUP)])
def test_what_cannot_be_shared_is_refused(settings: dict[str, object], group: str | None) -> None:
    """Without a group, rows of the other run's group could be among them; and one request has no half."""
    shared = Settings.load({"shares_base_url": True, **settings})
    with pytest.raises(SettingsError, match="shares_base_url"):
        only_group(ORDER, shared, Target("", group))


def test_a_run_of_an_older_version_is_gone_on_with_alone() -> None:
    """Its rows were held to no group, whatever its profile says by now; one that shared goes on sharing."""
    saved = Settings.load({"group_id": GROUP}).public()
    assert not Settings.again(saved, {}).shares_base_url
    del saved["shares_base_url"]
    assert not Settings.again(saved, {}).shares_base_url
    assert Settings.again({**saved, "shares_base_url": True}, {}).shares_base_url
