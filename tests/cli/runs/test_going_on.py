"""Several runs and processes, one after the other, against an API that answers as it is told."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from importer.journal.journal import Journal
from importer.reports.folder import prepare
from tests.cli.conftest import Importer, Said, customer, person
from tests.cli.scripted import NEVER, Scripted, serving

Sheet = Callable[..., Path]
P, Q, S = customer(1), customer(2), customer(3)


@pytest.fixture
def api() -> Iterator[Scripted]:
    """Yield an API that answers as it is told."""
    with serving() as script:
        yield script


@pytest.fixture
def source(sheet: Sheet) -> Path:
    """Return a sheet of three rows: P, Q and S."""
    return sheet(person(1), person(2), person(3))


def _annotated(summary: dict[str, Any]) -> list[dict[str, str]]:
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ended(said: Said, code: int) -> str:
    assert said.code == code, said.err
    return str(said.json["run_id"])


@pytest.mark.slow
def test_a_retry_of_an_older_run_does_not_supersede_a_newer_one(
    importer: Importer, api: Scripted, sheet: Sheet
) -> None:
    """A retry is as old as what it retries: the row of the newer run is still to be sent, and ends as the last word."""
    older = sheet(person(1), person(2))
    api.answers = {Q: [425]}
    first = _ended(importer("run", older, *api.options, "--json"), 1)
    kept = older.rename(older.with_name("kept.csv"))
    newer = sheet(person(1), (customer(2), "Newer", "Name", "newer@example.com"))
    api.answers = {P: [401]}
    second = _ended(importer("run", newer, *api.options, "--json"), 4)
    api.answers = {}
    _ended(importer("retry", first, "--source", kept, "--json"), 0)
    said = importer("resume", second, "--json")
    assert _ended(said, 0) == second
    assert [row["status"] for row in _annotated(said.json)] == ["updated", "updated"]
    assert [name for who, name in api.asked if who == Q][-2:] == ["Given2", "Newer"]


@pytest.mark.slow
def test_a_row_that_a_resume_did_not_come_to_keeps_what_is_known_of_it(
    importer: Importer, api: Scripted, source: Path
) -> None:
    """The last answer, the attempts and the history stay in the report of a process that stops before the row."""
    api.answers = {P: [500], Q: [425], S: [401]}
    run = _ended(importer("run", source, *api.options, "--json"), 4)
    api.answers = {P: [401]}
    for _ in range(2):
        said = importer("resume", run, "--json")
        assert said.code == 4
        in_doubt, failed, refused = _annotated(said.json)
        assert (in_doubt["status"], in_doubt["error_code"], in_doubt["http_status"]) == (
            "unconfirmed",
            "http_500",
            "500",
        )
        assert (failed["status"], failed["error_code"], failed["http_status"]) == ("not_sent", "key_refused", "425")
        assert (refused["status"], refused["http_status"], refused["attempts"]) == ("not_sent", "401", "1")
        assert failed["attempts"] == "1"
        assert in_doubt["message"].count("Then the run stopped") == 1
        assert "500" in in_doubt["message"]
        for told in (failed["message"], refused["message"]):
            assert "Gone on with, the run stopped before this row: the API refused the key" in told
            assert told.count("Gone on with") == 1
        assert "425" in failed["message"]
    api.answers = {}
    assert [row["status"] for row in _annotated(importer("resume", run, "--json").json)] == ["updated"] * 3


def test_a_doubt_of_one_retry_is_a_doubt_in_the_next(importer: Importer, api: Scripted, sheet: Sheet) -> None:
    """What any retry of a run may have applied is never called rejected by another one."""
    source = sheet(person(1))
    api.answers = {P: [425]}
    run = _ended(importer("run", source, *api.options, "--json"), 1)
    api.answers = {P: [NEVER]}
    _ended(importer("retry", run, "--json"), 1)
    api.answers = {P: [400]}
    (row,) = _annotated(importer("retry", run, "--json").json)
    assert row["status"] == "unconfirmed"


@pytest.mark.slow
@pytest.mark.parametrize(("in_front", "expected"), [("gateway/2", "unconfirmed"), ("scripted", "rejected")])
def test_a_refusal_that_was_believed_is_judged_by_the_first_confirmation_of_a_later_process(
    importer: Importer, api: Scripted, source: Path, in_front: str, expected: str
) -> None:
    """The run stopped over it before anything was confirmed."""
    api.answers, api.servers = {P: [410]}, {410: in_front}
    said = importer("run", source, *api.options, "--max-errors", "0", "--json")
    run = _ended(said, 4)
    assert [row["status"] for row in _annotated(said.json)] == ["rejected", "not_sent", "not_sent"]
    said = importer("resume", run, "--json")
    _ended(said, 1)
    first, *others = _annotated(said.json)
    assert (first["status"], first["attempts"]) == (expected, "1")
    assert [row["status"] for row in others] == ["updated", "updated"]


@pytest.mark.slow
def test_a_doubt_outlives_a_retry_that_stops_before_its_row(importer: Importer, api: Scripted, source: Path) -> None:
    """Nobody is told that the row was not sent, and a retry of the retry that is refused does not undo the doubt."""
    api.answers = {P: [NEVER], Q: [NEVER], S: [425]}
    run = _ended(importer("run", source, *api.options, "--json"), 1)
    api.answers = {P: [401]}
    said = importer("retry", run, "--json")
    stopped = _ended(said, 4)
    assert [row["status"] for row in _annotated(said.json)] == ["unconfirmed", "unconfirmed", "not_sent"]
    assert [row["attempts"] for row in _annotated(said.json)] == ["1", "0", "0"]
    assert importer("forget", stopped).code == 0
    api.answers = {P: [400], Q: [400], S: [400]}
    said = importer("retry", stopped, "--json")
    assert [row["status"] for row in _annotated(said.json)] == ["unconfirmed", "unconfirmed", "rejected"]


@pytest.mark.slow
def test_what_a_retry_has_confirmed_is_not_retried_again(importer: Importer, api: Scripted, source: Path) -> None:
    """A second retry of the same run sends only what the first one did not confirm; then there is nothing left."""
    api.answers = {P: [425], Q: [425]}
    run = _ended(importer("run", source, *api.options, "--json"), 1)
    assert f"importer retry {run}" in importer("show", run).out
    api.answers = {Q: [425]}
    _ended(importer("retry", run, "--json"), 1)
    api.answers, before = {}, len(api.asked)
    said = importer("retry", run, "--json")
    assert [row["status"] for row in _annotated(said.json)] == ["", "updated", ""]
    assert [who for who, _ in api.asked[before:]] == [Q]
    said = importer("retry", run, "--json")
    assert (said.code, said.json["error"]["code"]) == (0, "nothing_to_retry")
    assert "importer retry" not in importer("show", run).out


@pytest.mark.parametrize(
    ("said", "redacted"), [((), True), (("--redact",), True), (("--no-redact",), False)], ids=["as it was", "yes", "no"]
)
@pytest.mark.parametrize(("command", "answer", "code"), [("retry", 425, 1), ("resume", 401, 4)])
def test_what_goes_on_is_redacted_as_the_run_was(
    *,
    said: tuple[str, ...],
    redacted: bool,
    command: str,
    answer: int,
    code: int,
    importer: Importer,
    api: Scripted,
    source: Path,
) -> None:
    """Unless somebody says otherwise; no name is left in a row that a retry has not taken up either."""
    api.answers = {P: [answer]}
    run = _ended(importer("run", source, *api.options, "--redact", "--json"), code)
    api.answers = {}
    summary = importer(command, run, *said, "--json").json
    rows = _annotated(summary)
    assert summary["redacted"] is redacted
    assert [row["status"] for row in rows] == (["updated", "", ""] if command == "retry" else ["updated"] * 3)
    assert [any("Given" in value for value in row.values()) for row in rows] == [not redacted] * 3
    assert [next(iter(row.values())) for row in rows] == [P, Q, S]


@pytest.mark.slow
def test_show_advises_no_retry_of_what_is_never_sent_again(importer: Importer, api: Scripted, sheet: Sheet) -> None:
    """Superseded rows are not helped by another try."""
    older = sheet(person(1))
    api.answers = {P: [425]}
    first = _ended(importer("run", older, *api.options, "--json"), 1)
    kept = older.rename(older.with_name("kept.csv"))
    api.answers = {}
    _ended(importer("run", sheet((P, "Newer", "Name", "newer@example.com")), *api.options, "--json"), 0)
    retried = _ended(importer("retry", first, "--source", kept, "--json"), 1)
    assert "importer retry" not in importer("show", retried).out


@pytest.mark.slow
def test_reports_move_with_a_run_that_is_told_so(
    importer: Importer, api: Scripted, source: Path, tmp_path: Path
) -> None:
    """`resume --output` is remembered, and no folder keeps a report, or a claim, that is not true any more."""
    folders = [tmp_path / name for name in ("o1", "o2", "o3")]
    api.answers = {P: [401]}
    run = _ended(importer("run", source, *api.options, "--output", folders[0], "--json"), 4)
    for folder in folders[1:]:
        assert importer("resume", run, "--output", folder, "--json").code == 4
        assert importer("show", run, "--json").json["output"] == str(folder)
    api.answers = {}
    said = importer("resume", run, "--json")
    assert said.code == 0
    assert Path(said.json["reports"]["summary"]).parent == folders[2]
    for folder in folders[:2]:
        assert not folder.exists() or list(folder.iterdir()) == []


def test_a_folder_that_is_refused_is_not_moved_to(
    importer: Importer, api: Scripted, source: Path, tmp_path: Path
) -> None:
    """The run stays where it is, reports and all."""
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    api.answers = {P: [401]}
    run = _ended(importer("run", source, *api.options, "--output", tmp_path / "o1", "--json"), 4)
    assert importer("resume", run, "--output", taken).code == 2
    assert importer("show", run, "--json").json["output"] == str(tmp_path / "o1")
    assert (tmp_path / "o1" / "summary.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"Customer ID,First Name,Last Name,Email\n"])
def test_a_copy_of_the_source_that_was_altered_is_refused(
    content: bytes, importer: Importer, api: Scripted, source: Path, tmp_path: Path
) -> None:
    """What is not what was checked is neither sent nor reported; the message says how to send the rows."""
    api.answers = {P: [401]}
    run = _ended(importer("run", source, *api.options, "--json"), 4)
    (tmp_path / "state" / "runs" / run / "source").write_bytes(content)
    api.answers, before = {}, len(api.asked)
    said = importer("resume", run, "--json")
    assert (said.code, said.json["error"]["code"]) == (5, "journal_damaged")
    assert f"importer forget {run}, then importer retry {run}" in said.json["error"]["hint"]
    assert importer("forget", run).code == 0
    assert len(api.asked) == before
    assert importer("retry", run, "--json").json["statuses"]["updated"] == 3


@pytest.mark.slow
def test_rows_of_a_run_that_has_lost_its_folder_are_retried(
    importer: Importer, api: Scripted, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can go on with a run that died, its rows are to be retried, as `resume` says; or forgotten."""
    from importer.journal.run_journal import RunJournal  # noqa: PLC0415 - only here

    record, steps = RunJournal.record, iter(range(9))

    def dying(self: RunJournal, *step: Any, **more: Any) -> None:  # noqa: ANN401 - passed on as it is
        if next(steps) == 1:
            raise KeyboardInterrupt
        record(self, *step, **more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(RunJournal, "record", dying)
        assert importer("run", source, *api.options).code == 130
    run = importer("history", "--json").json[0]["run_id"]
    shutil.rmtree(tmp_path / "state" / "runs" / run)
    assert f"importer retry {run}" in importer("resume", run).err
    assert f"importer retry {run}" in importer("show", run).out
    assert importer("show", run, "--json").json["left"] == 3
    assert _ended(importer("retry", run, "--json"), 0)
    assert "is forgotten" in importer("forget", run).out
    assert importer("show", run, "--json").json["left"] == 0
    assert "nothing to forget" in importer("forget", run).out


def test_the_first_argument_of_show_is_not_forgotten_when_it_is_empty(
    importer: Importer, api: Scripted, source: Path
) -> None:
    """An empty id, as of a variable that is not set, is no id, for any command."""
    _ended(importer("run", source, *api.options, "--json"), 0)
    for command in ("show", "resume", "retry", "forget"):
        assert importer(command, "").code == 2
    assert json.loads(importer("show", "--json").out)["state"] == "ended"


def test_a_strict_run_with_invalid_rows_does_not_say_that_it_sends(
    importer: Importer, api: Scripted, sheet: Sheet
) -> None:
    """Nothing is to be sent, so no place is named."""
    said = importer("run", sheet(person(1), (Q, "", "B", "b@example.com")), *api.options, "--strict")
    assert said.code == 4
    assert "1 invalid, 0 to send" in said.err
    assert "Sending to" not in said.err
    assert api.asked == []


def test_a_folder_that_another_run_has_taken_is_left_to_it(
    importer: Importer, api: Scripted, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody removes the folder while the run sends, and another run takes the name: its reports stay."""
    from importer.story.job import Job  # noqa: PLC0415 - only here

    output, conclude = tmp_path / "o", Job._conclude  # noqa: SLF001 - the moment between sending and reporting

    def taken(self: Job, *rest: Any) -> Any:  # noqa: ANN401 - passed on as it is
        shutil.rmtree(output)
        output.mkdir()
        (output / "summary.json").write_text('{"run_id": "other"}')
        return conclude(self, *rest)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Job, "_conclude", taken)
        said = importer("run", source, *api.options, "--output", output, "--json")
    assert said.code == 5
    assert [path.name for path in output.iterdir()] == ["summary.json"]
    assert json.loads((output / "summary.json").read_text())["run_id"] == "other"
    assert said.json["statuses"]["updated"] == 3
    again = importer("resume", said.json["run_id"], "--output", tmp_path / "o2", "--json")
    assert (again.code, len(_annotated(again.json))) == (0, 3)


@pytest.mark.slow
def test_a_claim_is_found_again_that_a_run_was_killed_over(
    importer: Importer, api: Scripted, source: Path, tmp_path: Path
) -> None:
    """A process that dies between claiming another folder and moving there leaves nothing that nobody can clear."""
    api.answers = {P: [401]}
    run = _ended(importer("run", source, *api.options, "--output", tmp_path / "o1", "--json"), 4)
    with Journal(tmp_path / "state", wall=time.time) as journal:
        journal.note_folder(journal.find(run), tmp_path / "o2")
    prepare(tmp_path / "o2", run)
    api.answers = {}
    said = importer("resume", run, "--json")
    assert (said.code, Path(said.json["reports"]["summary"]).parent) == (0, tmp_path / "o1")
    assert list((tmp_path / "o2").iterdir()) == []


@pytest.mark.slow
def test_what_an_earlier_process_saw_confirmed_counts_for_the_next(
    importer: Importer, api: Scripted, sheet: Sheet
) -> None:
    """A lone 403, or ten rows in a row that are not there, are the rows' where the run has confirmed others before."""
    source = sheet(*(person(number) for number in range(1, 19)))
    api.answers = {customer(3): [401, 403], **{customer(number): [404] for number in range(4, 16)}}
    run = _ended(importer("run", source, *api.options, "--concurrency", 1, "--json"), 4)
    said = importer("resume", run, "--concurrency", 1, "--json")
    assert _ended(said, 1) == run
    statuses = [row["status"] for row in _annotated(said.json)]
    assert statuses == ["updated"] * 2 + ["rejected"] * 13 + ["updated"] * 3


@pytest.mark.slow
def test_what_a_retried_run_saw_confirmed_counts_for_the_retry(importer: Importer, api: Scripted, sheet: Sheet) -> None:
    """It is the same target: a row that is forbidden now does not keep the others from being tried."""
    api.answers = {customer(2): [425, 403], customer(3): [425, 200]}
    run = _ended(importer("run", sheet(*map(person, range(1, 4))), *api.options, "--max-attempts", 1, "--json"), 1)
    said = importer("retry", run, "--concurrency", 1, "--json")
    _ended(said, 1)
    assert [row["status"] for row in _annotated(said.json)] == ["", "rejected", "updated"]
