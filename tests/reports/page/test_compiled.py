"""Compiled templates: they are used by later processes, and never for what they were not made of."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from jinja2 import Environment, FileSystemLoader

from importer.reports.page.compiled import CompiledTemplates

NAME: Final = "page.html.j2"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a template and its maker, in a process that keeps what it compiles."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / NAME).write_text("Dear {{ name }}")
    (tmp_path / "maker.py").write_text("1")
    return tmp_path


def _filled_in(folder: Path) -> str:
    """Fill the template in as a new process would."""
    cache = CompiledTemplates(folder, folder / "maker.py")
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=cache, autoescape=True)
    return environment.get_template(NAME).render(name="Ana")


def _kept(folder: Path) -> Path:
    """Return the one file that is kept, whole, of a template."""
    (path,) = (folder / "__pycache__").iterdir()
    return path


def test_a_template_is_compiled_once(folder: Path) -> None:
    """What one process has compiled is left as it is by the next, and fills in the same."""
    assert _filled_in(folder) == "Dear Ana"
    written = _kept(folder).stat().st_mtime_ns
    assert _filled_in(folder) == "Dear Ana"
    assert _kept(folder).stat().st_mtime_ns == written


@pytest.mark.parametrize("name", [NAME, "maker.py"])
def test_a_template_is_compiled_anew_when_what_it_is_made_of_has_changed(folder: Path, name: str) -> None:
    """Another text of the template, or of what compiles it, makes another compiled template."""
    _filled_in(folder)
    before = _kept(folder).read_bytes()
    (folder / name).write_text("To {{ name }}")
    assert _filled_in(folder) == ("To Ana" if name == NAME else "Dear Ana")
    assert _kept(folder).read_bytes() != before


@pytest.mark.parametrize("length", [0, 10, 65, 66, 100])
def test_a_damaged_one_is_compiled_anew(folder: Path, length: int) -> None:
    """One that was cut off, as by a power cut, is no matter."""
    _filled_in(folder)
    whole = _kept(folder).read_bytes()
    _kept(folder).write_bytes(whole[:length])
    assert _filled_in(folder) == "Dear Ana"
    assert _kept(folder).read_bytes() == whole


def test_where_nothing_can_be_kept_a_template_is_filled_in_all_the_same(folder: Path) -> None:
    """No folder can be made where there is a file; nothing is said of that, and nothing else is left."""
    (folder / "__pycache__").write_text("a file")
    assert _filled_in(folder) == "Dear Ana"
    assert len(list(folder.iterdir())) == len((NAME, "maker.py", "__pycache__"))


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks Python to write no compiled modules gets no compiled templates either."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert _filled_in(folder) == "Dear Ana"
    assert not (folder / "__pycache__").exists()
