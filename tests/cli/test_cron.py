"""What cron is given: the lines of the documentation work where there is hardly any environment."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, Said, Stopped, person

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
_LINE: Final = re.compile(r"^\d+ \d+ \* \* \*  (.+)$", re.MULTILINE)
LINES: Final = [
    pytest.param(line, id=f"{document}-{number}")
    for document in ("README.md", "docs/operating.md")
    for number, line in enumerate(_LINE.findall((ROOT / document).read_text("utf-8")))
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home as the documentation has it: a clone with its environment, a key, and a folder of changes."""
    home = tmp_path / "home"
    program = home / "importer" / ".venv" / "bin" / "importer"
    program.parent.mkdir(parents=True)
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from importer.cli import main; main()"
    program.write_text(f"#!{sys.executable}\n{start}\n", "utf-8")
    program.chmod(0o755)
    (home / ".importer-key").write_text("good-key\n", "utf-8")
    (home / ".importer-key").chmod(0o600)
    (home / "changes").mkdir()
    return home


def _as_cron_does(line: str, home: Path, base_url: str) -> subprocess.CompletedProcess[str]:
    """Let a shell do a line of a crontab, whose placeholders are filled in, and which says where the API is."""
    command = line.replace("GROUP", GROUP).replace(" ACCOUNT", f" {ACCOUNT}")
    environment = {"HOME": str(home), "LOGNAME": "clerk", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home,
        env=environment | {"IMPORTER_BASE_URL": base_url, "IMPORTER_BACKOFF": "0.05"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_such_lines() -> None:
    """In the documentation of those who run it."""
    assert LINES
    assert not any("%" in str(line.values[0]) for line in LINES)


@pytest.mark.parametrize("line", LINES)
def test_the_line_of_the_documentation_works_as_it_stands(line: str, home: Path, api: Api) -> None:
    """It sends what is there and is silent; where something needs a person it says so on one line."""
    header = "Customer ID,First Name,Last Name,Email"
    changes = home / "changes" / "changes.csv"
    changes.write_text("\n".join([header, ",".join(person(1)), ""]), "utf-8")
    found = _as_cron_does(line, home, api.base_url)
    assert (found.returncode, found.stderr, found.stdout) == (0, "", "")
    assert len(api.requests()) == 1
    changes.write_text("\n".join([header, ",".join(person(1)), ",".join(person(2, "nobody")), ""]), "utf-8")
    found = _as_cron_does(line, home, api.base_url)
    assert found.returncode == 1
    (told,) = found.stderr.splitlines()
    assert told.startswith(
        'changes.csv: 1 of 2 rows is confirmed. 1 needs fixing. 1 row: "Email" has no @ sign. Fix 1 row in to_fix.xlsx,'
        f" then run it: {home}/importer/.venv/bin/importer run {home}/changes/changes-"
    )
    changes.unlink()
    (told,) = _as_cron_does(line, home, api.base_url).stderr.splitlines()
    assert told.startswith("Error: There is no file ")


Sheet = Callable[..., Path]


def test_what_stopped_is_told_once_and_not_where_it_is_made_good(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every night, nor in the night that confirms all of it; again once it was gone on with and came to nothing."""
    source = sheet(person(1), person(2))
    run_id = stopped(source)["run_id"]
    monkeypatch.setenv("IMPORTER_MAX_ERRORS", "0")
    first, second = (importer("run", source, *api.options, "--limit", "1", "-q", "--yes").err for _ in range(2))
    assert f"Run {run_id} of the same source is unfinished: 0 of 2 rows are confirmed." in first
    assert "unfinished" not in second
    with monkeypatch.context() as meanwhile:
        meanwhile.setenv("IMPORTER_API_KEY", "refused")
        assert importer("resume", run_id, "-q").code == 4
    assert f"Run {run_id} " in importer("run", source, *api.options, "--limit", "1", "-q", "--yes").err
    other = stopped(source)["run_id"]
    assert importer("run", source, *api.options, "-q", "--yes") == Said(0, "", "")
    assert importer("show", other, "--json").json["state"] == "unfinished"
    last = stopped(source)["run_id"]
    assert importer("run", source, *api.options, "-qq", "--yes") == Said(0, "", "")
    assert last not in importer("run", source, *api.options, "-q", "--yes").err
    assert importer("show", last, "--json").json["state"] == "unfinished"


def test_what_stopped_and_what_stopped_before_are_one_line(
    importer: Importer, sheet: Sheet, stopped: Stopped, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run that stops, and of one that never comes to be: its own cause first, the older news in brackets."""
    source = sheet(person(1), person(2))
    first = stopped(source)["run_id"]
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    said = importer("run", source, *api.options, "-q", "--yes")
    (line,) = said.err.splitlines()
    assert (said.code, said.out) == (4, "")
    assert line.startswith("changes.csv: 0 of 2 rows are confirmed. 2 were not sent. The run stopped early: ")
    assert line.endswith(
        f" (Run {first} of the same source is unfinished: 0 of 2 rows are confirmed."
        f" To give it up: importer forget {first})"
    )
    second = importer("history", "--json").json[0]["run_id"]
    sheet(person(1), header="Who,Given,Family,Contact")
    said = importer("run", source, *api.options, "-q", "--yes")
    (line,) = said.err.splitlines()
    assert said.code == 3
    assert line.startswith("Error: ")
    assert f"(Run {second} of the same source is unfinished: " in line


def test_a_warning_is_on_that_line_too(
    importer: Importer, sheet: Sheet, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all is well it is a line of its own: somebody should do something."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    key = tmp_path / "key"
    key.write_text("good-key", "utf-8")
    key.chmod(0o644)
    call = ("run", sheet(person(1)), *api.options, "-q", "--yes", "--api-key-file", key)
    warning = f"Warning: Others on this machine can read the API key file {key}; `chmod 600` it."
    assert importer(*call) == Said(0, "", f"{warning}\n")
    assert importer(*call, "-q") == Said(0, "", "")
    sheet(person(1, "nobody"))
    said = importer(*call)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert said.err.endswith(f" ({warning})\n")


@pytest.mark.parametrize(("code", "arguments"), [(2, ("--rate", "-1")), (3, ()), (2, ("--nonsense",))])
def test_an_error_is_one_line(importer: Importer, api: Api, tmp_path: Path, code: int, arguments: list[str]) -> None:
    """With what to do; beside the object for a program, too."""
    said = importer("run", tmp_path / "nope.csv", *api.options, "--yes", "-q", *arguments)
    assert (said.code, said.out, len(said.err.splitlines())) == (code, "", 1)
    both = importer("run", tmp_path / "nope.csv", *api.options, "--yes", "-q", "--json", *arguments)
    assert (both.err, both.json["exit_code"]) == (said.err, code)


def test_a_source_without_rows_is_news(importer: Importer, api: Api, sheet: Sheet) -> None:
    """An export that came out empty has often failed; where a day without changes is usual, nothing is wrong."""
    source = sheet()
    said = importer("run", source, *api.options, "-q")
    assert (said.code, said.out, said.err) == (0, "", f"{source.name}: The sheet has no rows.\n")
    assert importer("check", source, "-q").err == f"{source.name}: The sheet has no rows.\n"
    again = importer("run", source, *api.options, "-q", "-q")
    assert (again.code, again.out, again.err) == (0, "", "")
