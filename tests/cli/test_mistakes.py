"""The table of slips for people (docs/mistakes.md): what is said to each is what stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Final

import pytest

from importer.cli.main import run_command
from tests.cli.slips import TARGET, furnish
from tests.forking.process import Forked

_PAGE: Final = Path(__file__).parents[2] / "docs" / "mistakes.md"
_ROW: Final = re.compile(r"^\| `(.+?)` \| (\d+) \| (.+) \|$", re.MULTILINE)
SLIPS: Final = _ROW.findall(_PAGE.read_text("utf-8").replace(r"\|", "\0").replace("\\*", "*"))
_FEWEST: Final = 33


def test_the_table_has_the_typical_slips() -> None:
    """Each once."""
    typed = [typed for typed, _, _ in SLIPS]
    assert len(set(typed)) == len(typed) >= _FEWEST


@pytest.mark.parametrize(("typed", "code", "said"), SLIPS, ids=[typed for typed, _, _ in SLIPS])
def test_what_is_said_to_a_slip(
    typed: str,
    code: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In the words of the table, with its exit code; no run is left."""
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(typed.replace("\0", "|").replace("TARGET", shlex.join(TARGET)))
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        monkeypatch.setenv(name, value)
    if "--api-key-file" in words:
        monkeypatch.delenv("IMPORTER_API_KEY")
    capfd.readouterr()
    found, lines = _run(words, capfd)
    assert (found, not list(tmp_path.glob("FILE-*"))) == (int(code), True)
    told = " ".join(line.strip() for line in lines if not line.startswith("Run "))
    expected = said.replace("\0", "|").split("…")
    assert re.fullmatch(".+".join(map(re.escape, expected)), told.removeprefix("Error: ").replace(f"{tmp_path}/", ""))


def _run(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit code of a command, and what it told a person; where it could ask, it has no terminal."""
    if "run" in words and "--yes" not in words:
        process = Forked[str](
            words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        _, told = process.communicate(timeout=60)
        return process.returncode, told.splitlines()
    code = run_command(words[1:])
    return code, capfd.readouterr().err.splitlines()
