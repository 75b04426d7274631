"""What is timed: that turns are taken, that ratios are judged, and that what is sent to answers as the API does."""

from __future__ import annotations

import csv
import json
import ssl
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import nightly
from bench.echo_server import MODULE, Echo, echo
from bench.measure import TARGET, Measured, measured, write_rows
from bench.sending import main
from bench.turns import Asked, Bound, MeasuringError, Ratio, Turn, by_script, in_turns
from tests.between.fronts import program

_SENT = {"first_name": 'Ana "Nita" $group', "last_name": "Ñuñez {x}", "email": "ana@example.com"}
_CUSTOMER = "9c2b6a50-0000-4000-8000-000000000001"


def _cost(seconds: float, *, peak_mb: float = 1, processor_s: float = 1, exit_code: int = 0) -> Measured:
    return Measured(seconds=seconds, peak_mb=peak_mb, exit_code=exit_code, processor_s=processor_s)


def _playing(name: str, costs: list[Measured], played: list[str]) -> Turn:
    """Return what costs this, one after the other, and notes that it had its turn, in a new folder."""
    left = iter(costs)

    def turn(folder: Path) -> Measured:
        assert list(folder.iterdir()) == []
        (folder / "output.txt").write_text(f"{name} was here")
        played.append(name)
        return next(left)

    return turn


def test_turns_are_taken_and_medians_are_of_each_number() -> None:
    """Nobody has a second turn before all had their first; the median of memory may be of another run than of time."""
    played: list[str] = []
    first = [_cost(3, peak_mb=10, processor_s=6), _cost(1, peak_mb=30, processor_s=5), _cost(2, peak_mb=20)]
    contestants = {
        "first": _playing("first", first, played),
        "second": _playing("second", [_cost(9), _cost(8), _cost(7)], played),
    }
    costs = in_turns(contestants, 3)
    assert played == ["first", "second"] * 3
    assert costs == {"first": _cost(2, peak_mb=20, processor_s=5), "second": _cost(8)}


def test_a_command_that_fails_is_not_measured() -> None:
    """What it printed is told."""
    with pytest.raises(MeasuringError, match="sender ended with exit code 2: sender was here"):
        in_turns({"sender": _playing("sender", [_cost(1, exit_code=2)], [])}, 1)


@pytest.mark.parametrize("there", [pytest.param(["first", "second"], id="gone"), pytest.param(["other"], id="alone")])
def test_nobody_runs_where_there_is_nothing_to_compare_with(there: list[str]) -> None:
    """Without the one that the others are measured beside, and without others."""
    played: list[str] = []
    assert in_turns({name: _playing(name, [_cost(1)], played) for name in there}, 1, beside="other") == {}
    assert played == []


@pytest.mark.parametrize(
    ("bound", "good", "bad"),
    [
        pytest.param(Bound(1.08), [0.5, 1.08], [1.081], id="at most"),
        pytest.param(Bound(5, at_least=True), [5, 9], [4.99], id="at least"),
    ],
)
def test_a_ratio_is_held_to_its_bound(bound: Bound, good: list[float], bad: list[float]) -> None:
    """The bound itself is good enough."""
    for values, missed in ((good, False), (bad, True)):
        for value in values:
            ratio = Ratio("wall", value, bound, "")
            assert ratio.missed is missed
            assert ("MISSED" in str(ratio)) is missed
            assert str(bound) in str(ratio)


def test_what_is_not_measured_or_not_asked_for_is_not_missed() -> None:
    """The line says which of the two it is."""
    assert not Ratio("wall", None, Bound(1), "no OTHER is given").missed
    assert str(Ratio("wall", None, Bound(1), "no OTHER is given")).endswith("NOT MEASURED no OTHER is given")
    assert not Ratio("wall", 99, None, "").missed


def test_a_ratio_is_of_one_number_of_the_two() -> None:
    """Rows a second grow where seconds fall."""
    costs = {"fast": _cost(1), "other": _cost(5)}
    asked = Asked(lambda one: 1000 / one.seconds, "rows/s", Bound(5, at_least=True))
    ratio = asked.of("rate", costs, mine="fast", other="other", why={})
    assert (ratio.value, ratio.missed, ratio.told) == (5, False, "1,000 to 200 rows/s (fast to other)")
    absent = asked.of(
        "rate", {}, mine="fast", other="script", why={"fast": "no pycurl", "requests": "no", "script": "s"}
    )
    assert (absent.value, absent.told) == (None, "no pycurl; s")


def test_a_measured_command_has_its_folder_and_its_variables(tmp_path: Path) -> None:
    """It runs where it is told to, and what it takes of the processor is told."""
    (tmp_path / "there").mkdir()
    code = "import os; print(os.getcwd(), os.environ['MORE']); sum(range(3_000_000))"
    cost = measured((sys.executable, "-c", code), folder=tmp_path, cwd=tmp_path / "there", MORE="x")
    assert (tmp_path / "output.txt").read_text() == f"{tmp_path / 'there'} x\n"
    assert cost.processor_s > 0
    assert cost.exit_code == 0


def test_a_script_is_told_what_to_do_by_its_environment(tmp_path: Path) -> None:
    """It finds the sheet, and where to send it to."""
    script = tmp_path / "plain.py"
    script.write_text(
        "import json, os, pathlib\npathlib.Path(os.environ['OUT'], 'got').write_text(json.dumps(dict(os.environ)))"
    )
    (own := tmp_path / "own").mkdir()
    assert by_script(Path(sys.executable), script, tmp_path / "rows.csv", "http://x", 64)(own).exit_code == 0
    got = json.loads((own / "got").read_text())
    assert (got["IN"], got["BASE"], got["PARALLEL"]) == (str(tmp_path / "rows.csv"), "http://x", "64")
    assert [got["GROUP"], got["ACCOUNT"]] == [TARGET[1], TARGET[3]]


def test_a_bare_sheet_has_only_the_fields(tmp_path: Path) -> None:
    """Its names have letters only, since digits are warned of, and its customers are different ones."""
    write_rows(path := tmp_path / "rows.csv", 1_000, bare=True)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"customer_id", "first_name", "last_name", "email"}
    assert len({row["customer_id"] for row in rows}) == 1_000
    assert all(row["first_name"].isalpha() and row["last_name"].isalpha() for row in rows)


@pytest.fixture
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Echo]:
    """Yield what answers: nginx, or what stands in for it."""
    stand_in: bool = request.param
    program("openssl")
    if stand_in:
        request.getfixturevalue("monkeypatch").setattr("bench.echo_server.MODULE", tmp_path / "missing.so")
    elif not MODULE.exists():
        pytest.skip("there is no echo module here")
    else:
        program("nginx")
    (folder := tmp_path / "api").mkdir()
    with echo(folder) as api:
        yield api


@pytest.mark.slow
@pytest.mark.parametrize("made", [pytest.param(False, id="nginx"), pytest.param(True, id="without")], indirect=True)
def test_what_is_sent_to_answers_as_the_api_does(made: Echo) -> None:
    """The documented object, with its length, at once, late and over TLS: whatever is in the names."""
    assert made.over_tls is not None
    for base_url in (made.at_once, made.late, made.over_tls):
        url = f"{base_url}/api/v1/groups/{TARGET[1]}/revere_pay/{TARGET[3]}/customers/{_CUSTOMER}"
        content = {"Content-Type": "application/json", "Authorization": "key"}
        body = json.dumps(_SENT, ensure_ascii=False).encode()
        request = urllib.request.Request(url, body, content, method="PUT")  # noqa: S310 - on loopback
        trusting = ssl.create_default_context(cafile=str(made.certificate)) if url.startswith("https:") else None
        with urllib.request.urlopen(request, context=trusting, timeout=10) as answer:  # noqa: S310 - the same
            stored = json.load(answer)
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.headers["Content-Length"]
        assert stored.pop("updated_at")
        assert stored.items() >= ({"id": _CUSTOMER, "group_id": TARGET[1]} | _SENT).items()


@pytest.mark.slow
def test_a_line_is_measured_without_another_commit(capsys: pytest.CaptureFixture[str]) -> None:
    """What needs one says so, and what was not measured is not missed."""
    assert main(["--only", "ten", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("NOT MEASURED") == 2
    assert "no OTHER is given" in printed


@pytest.mark.parametrize("arguments", [["nowhere"], ["--plain-script", "x.py"], ["--only", "all"]])
def test_arguments_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    """Before anything is started."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


@pytest.mark.slow
def test_what_an_export_of_every_night_costs_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """A few rows are checked, and run unchanged, by two commands in turns; a ratio is told of each."""
    here = str(Path(__file__).parent.parent)
    nightly.main([here, "--only", "unchanged", "--rounds", "1", "--scale", "0.0001"])
    told = capsys.readouterr().out
    assert "FAILED" not in told
    assert "run --skip-unchanged of rows100" in told
    assert "(importer to other)" in told
