"""The folder of a run: where it is, and that it can be written, before anything is sent."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.errors import ReportError, SettingsError
from importer.reports.folder import SUMMARY_NAME, RunFolder, abandon, default_path, mended, prepare, reopen, withdraw

NOON = 1_750_000_000.9
STAMP = "20250615T150640Z-r7"


def _default(source: Path, parent: Path | None = None) -> Path:
    return default_path(source, parent=parent, run_id="r7", started=NOON)


def test_the_default_is_beside_the_source(tmp_path: Path) -> None:
    """The default folder is named by the source's stem, the time in UTC and the run, and lies beside the source."""
    assert _default(tmp_path / "June changes.xlsx") == tmp_path / f"June changes-{STAMP}"


def test_the_default_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative source or parent is taken from the current directory."""
    monkeypatch.chdir(tmp_path)
    assert _default(Path("a.csv")) == tmp_path / f"a-{STAMP}"
    assert _default(Path("a.csv"), Path("reports")) == tmp_path / "reports" / f"a-{STAMP}"


def test_a_parent_that_is_named_is_used(tmp_path: Path) -> None:
    """`IMPORTER_OUTPUT` names the parent, wherever the source lies, in the folder of another run too."""
    (tmp_path / SUMMARY_NAME).write_text('{"run_id": "r1"}')
    assert _default(tmp_path / "a.csv", tmp_path / "all") == tmp_path / "all" / f"a-{STAMP}"


def test_a_source_inside_a_run_folder_does_not_nest_runs(tmp_path: Path) -> None:
    """The run of a report lies beside the folder of the run that wrote it."""
    inside = tmp_path / "a-run"
    inside.mkdir()
    (inside / SUMMARY_NAME).write_text('{"run_id": "r1"}')
    assert _default(inside / "annotated.csv") == tmp_path / f"annotated-{STAMP}"


@pytest.mark.parametrize(
    "content", ["{}", "[]", "no JSON", '"run_id"', "\udcff", "[" * 100_000], ids=lambda text: text[:8]
)
def test_a_summary_that_is_not_ours_makes_no_run_folder(content: str, tmp_path: Path) -> None:
    """Some other file of the name `summary.json` changes nothing."""
    (tmp_path / SUMMARY_NAME).write_bytes(content.encode(errors="surrogateescape"))
    assert _default(tmp_path / "a.csv").parent == tmp_path


@pytest.mark.parametrize("stem", ["x" * 251, "ñ" * 125, "é" * 75 + "x", "字" * 83], ids=len)
def test_a_long_stem_is_cut_between_characters(stem: str, tmp_path: Path) -> None:
    """The longest name that a source can have leads to a name that a folder can have."""
    path = _default(tmp_path / f"{stem}.csv")
    name = path.name.removesuffix(f"-{STAMP}")
    assert stem.startswith(name)
    assert 147 < len(name.encode()) <= 150
    path.mkdir()


def test_bytes_that_are_no_utf8_are_left_out(tmp_path: Path) -> None:
    """A source whose name is not UTF-8 leads to a folder whose name is."""
    assert _default(tmp_path / os.fsdecode(b"caf\xe9s.csv")).name == f"cafs-{STAMP}"


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    """A folder that is not there is made, and is gone again if nothing comes into it."""
    folder = prepare(tmp_path / "a" / "b")
    assert folder == RunFolder(tmp_path / "a" / "b", (tmp_path / "a" / "b", tmp_path / "a"))
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_one_runs_from_the_moment_it_is_made(tmp_path: Path) -> None:
    """While a run has a folder, in which nothing is yet, another run is refused it; afterwards it is free."""
    first = prepare(tmp_path / "a")
    for _ in range(2):  # being refused does not set it free
        with pytest.raises(SettingsError, match="not empty"):
            prepare(tmp_path / "a")
    first.discard()
    prepare(tmp_path / "a").discard()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """A folder that is there and empty is used, and was not made for the run."""
    assert prepare(tmp_path) == RunFolder(tmp_path, ())


def test_a_relative_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports name absolute paths."""
    monkeypatch.chdir(tmp_path)
    assert prepare(Path("out")).path == tmp_path / "out"


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    """What another run, or anybody, has left in a folder is never written over."""
    (tmp_path / "annotated.csv").write_text("theirs")
    with pytest.raises(SettingsError, match="not empty") as caught:
        prepare(tmp_path)
    assert caught.value.code == "output_not_empty"
    assert str(tmp_path) in caught.value.message
    assert (tmp_path / "annotated.csv").read_text() == "theirs"


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """A file of the folder's name, or a link to nowhere, is left as it is, and said."""
    (tmp_path / "file").write_text("theirs")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(SettingsError, match="there is a file of that name") as caught:
            prepare(tmp_path / name)
        assert caught.value.code == "output_unwritable"
        assert "--output" in caught.value.hint
    assert (tmp_path / "link").is_symlink()


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    """A path that leads through a file cannot be a folder."""
    (tmp_path / "file").write_text("theirs")
    with pytest.raises(SettingsError, match="Not a directory"):
        prepare(tmp_path / "file" / "a")


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """Where the last folder of a path cannot be made, those above it that were made for it are removed."""
    with pytest.raises(SettingsError, match="File name too long"):
        prepare(tmp_path / "a" / "b" / ("x" * 256))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Without the right to write, the message names the folder and says why."""
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("whoever runs this may write everywhere")
    for path in (tmp_path, tmp_path / "a"):
        with pytest.raises(SettingsError, match="Permission denied"):
            prepare(path)


def test_a_place_where_nobody_can_write_is_refused() -> None:
    """A file system that takes no files is refused before anything is sent."""
    with pytest.raises(SettingsError, match="/proc/importer-reports cannot be written"):
        prepare(Path("/proc/importer-reports"))


def test_what_was_made_for_nothing_is_removed(tmp_path: Path) -> None:
    """Where no run comes about, the folder goes, and those above it that were made for it."""
    prepare(tmp_path / "a" / "b").discard()
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays(tmp_path: Path) -> None:
    """A folder that was there before stays, and so does one that something is in by now."""
    (tmp_path / "there").mkdir()
    prepare(tmp_path / "there").discard()
    used = prepare(tmp_path / "a" / "b")
    (used.path / "annotated.csv").write_text("x")
    used.discard()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "annotated.csv", "b", "there"]


def test_a_folder_that_somebody_removed_is_no_obstacle(tmp_path: Path) -> None:
    """Removing what is gone already is no error."""
    folder = prepare(tmp_path / "a")
    shutil.rmtree(folder.path)
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_a_dead_process_has_claimed_is_the_runs_own(tmp_path: Path) -> None:
    """A run that is gone on with finds its claim, a report without its summary, and drafts, which are removed."""
    prepare(tmp_path / "a", "k3f9")
    (tmp_path / "a" / "annotated.csv").write_text("x")
    (tmp_path / "a" / ".summary.json.4711.tmp").write_text("{")
    (tmp_path / "a" / "openpyxl.k3_f9x2a").write_text("<")
    assert reopen(tmp_path / "a", "k3f9").path == tmp_path / "a"
    assert sorted(entry.name for entry in (tmp_path / "a").iterdir()) == [".run", "annotated.csv"]


def test_a_folder_with_the_runs_own_reports_is_claimed_again(tmp_path: Path) -> None:
    """After a stop the reports are there and the claim is not: the summary says whose they are."""
    prepare(tmp_path / "a", "k3f9").discard()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / SUMMARY_NAME).write_text('{"run_id": "k3f9"}')
    reopen(tmp_path / "a", "k3f9")
    with pytest.raises(SettingsError, match="not empty"):
        prepare(tmp_path / "a", "m2x7")


def test_reports_of_a_run_that_is_gone_on_with_are_withdrawn(tmp_path: Path) -> None:
    """What they say of rows that are sent meanwhile is not true any more; what a person has put beside them stays."""
    for name, content in (("annotated.csv", "x"), (SUMMARY_NAME, '{"run_id": "k3f9"}'), ("notes.txt", "mine")):
        (tmp_path / name).write_text(content)
    os.utime(tmp_path / "annotated.csv", (1, 1))
    withdraw(tmp_path, "m2x7")
    assert len(list(tmp_path.iterdir())) == 3
    withdraw(tmp_path, "k3f9")
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]
    withdraw(tmp_path / "gone", "k3f9")


@pytest.mark.parametrize("name", ["annotated.csv", "to_fix.xlsx"])
def test_a_sheet_that_somebody_has_changed_is_kept_under_another_name(name: str, tmp_path: Path) -> None:
    """It is newer than the summary, which was written last: that is somebody's work."""
    (tmp_path / SUMMARY_NAME).write_text('{"run_id": "k3f9"}')
    os.utime(tmp_path / SUMMARY_NAME, (1, 1))
    (tmp_path / name).write_text("mended")
    withdraw(tmp_path, "k3f9")
    (kept,) = tmp_path.iterdir()
    assert kept.name == name.replace(".", "-mended-1.")
    assert kept.read_text() == "mended"
    assert mended(tmp_path) == [kept.name]


def test_rows_to_fix_without_a_summary_may_have_been_mended(tmp_path: Path) -> None:
    """The process that wrote them died, or failed, before its summary: whoever mended them keeps them."""
    prepare(tmp_path, "k3f9")
    (tmp_path / "to_fix.csv").write_text("mended")
    withdraw(tmp_path, "k3f9")
    assert mended(tmp_path) == ["to_fix-mended-1.csv"]


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        (["annotated.csv", "to_fix-mended-1.csv", "report.html"], "ours"),
        (["annotated.csv", "notes.txt"], ""),
        (["annotated.csv", SUMMARY_NAME], ""),
    ],
)
def test_a_folder_that_the_journal_knows_is_the_runs_own_without_a_summary(
    names: Sequence[str], ours: str, tmp_path: Path
) -> None:
    """If there is nothing but reports in it, and none of another run: a report could not be written."""
    for name in names:
        (tmp_path / name).write_text('{"run_id": "m2x7"}')
    with pytest.raises(SettingsError, match="not empty"):
        reopen(tmp_path, "k3f9")
    if ours:
        assert reopen(tmp_path, "k3f9", known=True).path == tmp_path
    else:
        with pytest.raises(SettingsError, match="not empty"):
            reopen(tmp_path, "k3f9", known=True)


def test_a_report_without_its_summary_is_withdrawn_too(tmp_path: Path) -> None:
    """A process that died between the two has left its claim, which says whose the sheet is."""
    prepare(tmp_path, "k3f9")
    (tmp_path / "annotated.csv").write_text("x")
    withdraw(tmp_path, "k3f9")
    assert [entry.name for entry in tmp_path.iterdir()] == [".run"]


def test_reports_that_cannot_be_replaced_are_an_error_before_anything_is_sent(tmp_path: Path) -> None:
    """A folder in the place of a report cannot be removed; the message names the folder."""
    (tmp_path / SUMMARY_NAME).write_text('{"run_id": "k3f9"}')
    (tmp_path / "annotated.csv").mkdir()
    with pytest.raises(SettingsError, match="cannot be replaced"):
        withdraw(tmp_path, "k3f9")


def test_a_folder_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """Where the reports were moved away, they are written anew."""
    assert reopen(tmp_path / "a" / "b", "k3f9").path.is_dir()


def test_a_claim_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    """A process that died before it could write its name into the claim has left nothing else."""
    (tmp_path / ".run").write_text("")
    assert reopen(tmp_path, "k3f9").path == tmp_path


@pytest.mark.parametrize(
    ("name", "content"),
    [(".run", "other"), (SUMMARY_NAME, '{"run_id": "other"}'), ("notes.txt", "mine"), (SUMMARY_NAME, "{")],
)
def test_another_runs_folder_is_never_taken(tmp_path: Path, name: str, content: str) -> None:
    """What is not the run's own is left alone, and no claim is left in it."""
    (tmp_path / name).write_text(content)
    with pytest.raises(SettingsError, match="not empty"):
        reopen(tmp_path, "k3f9")
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == content


def test_a_folder_that_is_gone_when_the_reports_are_written_is_made_again(tmp_path: Path) -> None:
    """Nobody has taken its place: the reports go where they were to go."""
    folder = prepare(tmp_path / "a", "k3f9")
    folder.expect_own()
    shutil.rmtree(folder.path)
    folder.expect_own()
    assert (folder.path / ".run").read_text() == "k3f9"


@pytest.mark.parametrize(("name", "content"), [(".run", "other"), (SUMMARY_NAME, '{"run_id": "other"}'), ("x", "mine")])
def test_a_folder_that_is_another_runs_by_now_is_not_written(name: str, content: str, tmp_path: Path) -> None:
    """What somebody has put into its place meanwhile stays as it is, claim and all."""
    folder = prepare(tmp_path / "a", "k3f9")
    shutil.rmtree(folder.path)
    folder.path.mkdir()
    (folder.path / name).write_text(content)
    with pytest.raises(ReportError, match="not this run's own any more") as caught:
        folder.expect_own()
    folder.discard()
    assert caught.value.code == "output_taken"
    assert [(entry.name, entry.read_text()) for entry in folder.path.iterdir()] == [(name, content)]


def test_a_claim_that_was_cut_off_becomes_the_runs_own(tmp_path: Path) -> None:
    """Whoever goes on with the run writes its name into it, so that it can be given up at the end."""
    (tmp_path / ".run").write_text("")
    folder = reopen(tmp_path, "k3f9")
    folder.expect_own()
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_never_come_back_to_is_free_and_others_are_left_alone(tmp_path: Path) -> None:
    """The claim and the drafts go; what is another run's, or anybody's, is not looked into."""
    prepare(tmp_path / "a", "k3f9")
    (tmp_path / "a" / ".summary.json.4711.tmp").write_text("{")
    abandon(tmp_path / "a", "k3f9")
    assert list((tmp_path / "a").iterdir()) == []
    prepare(tmp_path / "a", "m2x7")
    for folder in ("a", "gone/b"):
        abandon(tmp_path / folder, "k3f9")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", ".run"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777], ids=oct)
def test_what_is_made_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    """The folders above it too, whatever the umask; a folder that was there keeps its mode, and an inherited group."""
    there, shared = tmp_path / "there", tmp_path / "shared"
    for folder, mode in ((there, 0o755), (shared, 0o2775)):
        folder.mkdir()
        folder.chmod(mode)
    before = os.umask(umask)
    try:
        prepare(tmp_path / "all" / "runs" / "one", "r7")
        prepare(there, "r8")
        prepare(shared / "one", "r9")
    finally:
        os.umask(before)
    made = [tmp_path / "all", tmp_path / "all" / "runs", tmp_path / "all" / "runs" / "one"]
    assert [_mode(folder) for folder in made] == [0o700] * 3
    assert (_mode(there), _mode(shared / "one")) == (0o755, 0o2700)


def test_the_group_is_let_in_where_it_may_read(tmp_path: Path) -> None:
    """Into what was made, and into the run's own folder; a folder above that was there is left as it is."""
    tmp_path.chmod(0o700)
    folder = prepare(tmp_path / "runs" / "one", "r7")
    folder.open_to("owner")
    assert (_mode(folder.path), _mode(folder.path.parent)) == (0o700, 0o700)
    folder.open_to("group")
    assert (_mode(folder.path), _mode(folder.path.parent), _mode(tmp_path)) == (0o750, 0o750, 0o700)


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    """In its own place, or above it."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "one"):
        with pytest.raises(SettingsError, match="cannot be written"):
            prepare(path, "r7")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
