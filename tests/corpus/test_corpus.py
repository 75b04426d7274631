"""Every file of the corpus is read and checked as the truth beside it says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.corpus import office
from tests.corpus.make import FILES, cases, scenes
from tests.corpus.reading import observed
from tests.corpus.truth import SUFFIX, Truth, expectation

ALL: Final = sorted(path for path in FILES.rglob("*") if path.is_file())
_EVERYDAY: Final = 4
"""Every so many of them are for everyday: one takes no time, all do."""
SOURCES: Final = [path for path in ALL if not path.name.endswith(SUFFIX)]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(path, marks=pytest.mark.slow if at % _EVERYDAY else (), id=path.relative_to(FILES).as_posix())
        for at, path in enumerate(SOURCES)
    ],
)
def test_a_file_is_read_as_the_truth_beside_it_says(file: Path, tmp_path: Path) -> None:
    """The same refusal, or the same dialect, header, sheet, rows, issues, warnings and skipped records."""
    truth = Truth.load(expectation(file))
    found = observed(file, truth.made, truth.options, tmp_path)
    assert found.toml().splitlines() == truth.toml().splitlines()


def test_every_file_has_its_truth_and_the_other_way_round() -> None:
    """Neither a file nor an expectation stands alone, and there are a few hundred."""
    assert {expectation(path) for path in SOURCES} == {path for path in ALL if path.name.endswith(SUFFIX)}
    assert len(SOURCES) >= 250


@pytest.mark.slow
def test_files_and_truths_are_what_the_script_makes() -> None:
    """Nobody corrects one by hand; archives are left out, since other versions of a library pack otherwise."""
    made = list(cases())
    truths = {case.name: case.truth for case in made}
    truths |= {name: truth for name, _, _, truth in office.wanted(scenes())}
    assert {path.relative_to(FILES).as_posix() for path in SOURCES} == truths.keys()
    for name, truth in truths.items():
        assert expectation(FILES / name).read_text(encoding="utf-8") == truth.toml()
    for case in made:
        if not case.data.startswith((b"PK", b"\x1f\x8b")) and not case.name.startswith("damaged/"):
            assert (FILES / case.name).read_bytes() == case.data


def test_the_corpus_is_small() -> None:
    """Each file is below 20 KB, and all of them together below 4 MB."""
    sizes = [path.stat().st_size for path in SOURCES]
    assert max(sizes) < 20_000
    assert sum(sizes) < 4_000_000
