"""`importer backup`: the journal in a file, while runs go on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, person
from tests.forking.process import Forked
from tests.journal.rows import seen

Sheet = Callable[..., Path]
_PATIENCE_S = 60


def test_a_backup_says_what_it_is_and_is_not_replaced_unasked(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Where it is, where the key is, and what is in neither."""
    importer("run", sheet(person(1)), *api.options)
    file = tmp_path / "backup.sqlite"
    said = importer("backup", file)
    assert said.code == 0
    assert f"The journal is in {file} (0." in said.out
    assert f"the key of its digests is in {file}.key." in said.out
    assert "What runs keep of people's data is not in it." in said.out
    older = file.read_bytes()
    importer("run", sheet(person(2)), *api.options)
    said = importer("backup", file)
    assert said.code == 2
    assert "--force" in said.err
    assert file.read_bytes() == older
    said = importer("backup", file, "--force", "-q")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert seen(file, "SELECT count(*) FROM runs") == [(2,)]


def test_without_the_key_that_is_said(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """Whoever puts it back needs the key as well."""
    importer("run", sheet(person(1)), *api.options)
    said = importer("backup", tmp_path / "backup.sqlite", "--without-key")
    assert "and the key of its digests is not." in said.out
    assert not (tmp_path / "backup.sqlite.key").exists()


def test_where_there_is_no_journal_there_is_no_backup(importer: Importer, tmp_path: Path) -> None:
    """A state directory that is misspelt must not pass for one that was backed up; nor is it made."""
    said = importer("backup", tmp_path / "backup.sqlite", "--state", tmp_path / "misspelt")
    assert said.code == 2
    assert f"There is no journal in {tmp_path / 'misspelt'}" in said.err
    assert not (tmp_path / "misspelt").exists()
    assert not (tmp_path / "backup.sqlite").exists()


@pytest.mark.slow
def test_a_run_that_is_at_work_goes_on(importer: Importer, api: Api, tmp_path: Path) -> None:
    """However many backups are made of it meanwhile, each of a moment of its own."""
    source = tmp_path / "many.csv"
    rows = "".join(f"{','.join(person(number))}\n" for number in range(1, 1001))
    source.write_text(f"Customer ID,First Name,Last Name,Email\n{rows}", "utf-8")
    command = ["importer", "run", str(source), *api.options, "--rate", "400", "--yes", "--json"]
    process: subprocess.Popen[str] = Forked(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + _PATIENCE_S
    while len(api.requests()) < 20:
        assert time.monotonic() < until
        time.sleep(0.01)
    updated: list[int] = []
    while process.poll() is None and len(updated) < 12:
        file = tmp_path / f"{len(updated)}.sqlite"
        assert importer("backup", file).code == 0
        assert seen(file, "PRAGMA integrity_check") == [("ok",)]
        [(rows_there, confirmed)] = seen(file, "SELECT count(*), count(updated_at <> '' OR NULL) FROM rows")
        assert rows_there == 1000
        updated.append(confirmed)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert '"updated": 1000' in out
    assert len(updated) > 3
    assert updated == sorted(updated)
    assert updated[0] < 1000
