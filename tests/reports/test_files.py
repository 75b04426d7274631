"""Report files are there whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.disk import Access
from importer.errors import ReportError
from importer.reports.files import replacing, write_text


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """Until the block ends, the earlier file stands; then the new one does, and nothing else is left."""
    path = tmp_path / "report.txt"
    path.write_text("before")
    with replacing(path) as draft:
        draft.write_text("after")
        assert path.read_text() == "before"
        assert draft.parent == path.parent
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def _break_off(path: Path, error: BaseException) -> None:
    with replacing(path) as draft:
        draft.write_text("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError("a defect"), KeyboardInterrupt()], ids=repr)
def test_nothing_is_left_of_a_file_that_failed(error: BaseException, tmp_path: Path) -> None:
    """Whatever breaks the block off goes on as it is, and neither a draft nor half a file is left."""
    path = tmp_path / "report.txt"
    with pytest.raises(type(error)):
        _break_off(path, error)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_report_error(tmp_path: Path) -> None:
    """Where the disk is full, the ReportError names the file and the reason, and nothing is left."""
    path = tmp_path / "report.txt"
    with pytest.raises(ReportError, match="No space left on device") as caught:
        _break_off(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert str(path) in caught.value.message
    assert "room" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_error_without_a_reason_in_words_is_told(tmp_path: Path) -> None:
    """An OSError that has only a text is told with that text."""
    with pytest.raises(ReportError, match="the disk is odd"), replacing(tmp_path / "report.txt"):
        raise OSError("the disk is odd")


@pytest.mark.parametrize("where", ["gone", "file"])
def test_a_folder_that_is_none_is_a_report_error(where: str, tmp_path: Path) -> None:
    """Where the folder is gone, or a file, that is a ReportError, and cleaning up does not hide it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=f"{where}/report.txt cannot be written"):
        write_text(tmp_path / where / "report.txt", "text")


def test_a_folder_in_the_files_place_is_a_report_error(tmp_path: Path) -> None:
    """Where the report cannot get its name, that is a ReportError, and the draft is removed."""
    path = tmp_path / "report.txt"
    path.mkdir()
    with pytest.raises(ReportError, match="Is a directory"):
        write_text(path, "text")
    assert list(tmp_path.iterdir()) == [path]


def test_a_draft_that_a_killed_run_left_is_no_obstacle(tmp_path: Path) -> None:
    """A draft of the same name is written over."""
    path = tmp_path / "report.txt"
    with replacing(path) as draft:
        name = draft.name
        draft.write_text("")
    (tmp_path / name).write_text("left by a run that was killed and is longer")
    write_text(path, "text")
    assert path.read_text() == "text"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_written_in_utf8(tmp_path: Path) -> None:
    """Text is UTF-8 with the line ends that it has, whatever the locale says."""
    write_text(tmp_path / "report.txt", "Peña\n")
    assert (tmp_path / "report.txt").read_bytes() == "Peña\n".encode()
    assert os.listdir(tmp_path) == ["report.txt"]  # noqa: PTH208 - hidden files too, by name


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Run a test under an umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("access", "mode"), [("owner", 0o600), ("group", 0o640)])
def test_only_those_may_read_it_who_are_to(tmp_path: Path, access: Access, mode: int) -> None:
    """Whatever the umask, from the first byte on, and whoever could read what was there before."""
    path = tmp_path / "report.txt"
    for before in (0o666, 0o644, None):
        if before is not None:
            path.touch()
            path.chmod(before)
        else:
            path.unlink()
        with replacing(path, access) as draft:
            assert _mode(draft) == mode
            draft.write_text("text")
            assert _mode(draft) == mode
        assert (_mode(path), path.read_text()) == (mode, "text")


def test_whoever_puts_another_file_there_opens_it_to_nobody(tmp_path: Path) -> None:
    """As a library may that writes a file of its own and gives it the name."""
    with replacing(tmp_path / "report.txt") as draft:
        other = tmp_path / "other"
        other.touch()
        other.chmod(0o666)
        other.replace(draft)
    assert _mode(tmp_path / "report.txt") == 0o600


def test_a_file_system_without_modes_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is written all the same."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "chmod", refuse)
    write_text(tmp_path / "report.txt", "text", "group")
    assert (tmp_path / "report.txt").read_text() == "text"


def test_a_link_in_a_drafts_place_leads_nowhere(tmp_path: Path) -> None:
    """Whoever may write into the folder cannot make the importer write elsewhere."""
    path, elsewhere = tmp_path / "report.txt", tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    with replacing(path) as draft:
        name = draft.name
    (tmp_path / name).symlink_to(elsewhere)
    write_text(path, "text")
    assert (path.read_text(), elsewhere.read_text()) == ("text", "theirs")
