"""Who may read the reports of a run: they hold names and addresses."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, person


@pytest.mark.slow
@pytest.mark.parametrize(("access", "modes"), [(None, (0o700, 0o600)), ("group", (0o750, 0o640))])
@pytest.mark.parametrize("umask", [0o000, 0o077], ids=oct)
def test_reports_are_for_their_owner_unless_a_setting_lets_the_group_in(
    access: str | None,
    modes: tuple[int, int],
    umask: int,
    importer: Importer,
    api: Api,
    sheet: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All files of a run, the list of runs too, and those that replace others which anybody could read."""
    if access is not None:
        monkeypatch.setenv("IMPORTER_REPORT_ACCESS", access)
    out = tmp_path / "runs" / "one"
    source = sheet(person(1), person(2, "no address"))
    before = os.umask(umask)
    try:
        for form in ("csv", "xlsx"):
            options = (*api.options, "--output", out.with_name(form), "--format", form)
            assert len(importer("run", source, *options, "--json").json["reports"]) == 4
            assert _modes(out.with_name(form)) == {modes}
        run_id = importer("history", "--json").json[-1]["run_id"]
        for file in (out.with_name("csv") / "report.html", out.with_name("index.html")):
            file.chmod(0o666)
        assert importer("report", run_id).code == 0
        assert importer("history", "--html", tmp_path / "runs" / "all.html").code == 0
        assert _modes(out.parent) == {modes}
    finally:
        os.umask(before)


def _modes(folder: Path) -> set[tuple[int, int]]:
    """Return the modes of a folder, each with that of a file in it."""
    of_folder = stat.S_IMODE(folder.stat().st_mode)
    return {(of_folder, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir() if path.is_file()}
