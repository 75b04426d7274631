"""What the pages for people name is there: files, folders, other pages and their headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).parent.parent
PAGES: Final = [
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGELOG.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
_FOLDERS: Final = (".ci", "bench", "docs", "importer", "requirements", "sample_data", "tests")
_LONGEST_README: Final = 120
_FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_PATH: Final = re.compile(r"\.?\w[\w.-]*(?:/[\w.-]+)*/?")
_OF_THE_CODE: Final = (".py", ".toml", ".md", ".j2", ".css", ".js", ".schema.json")
"""What files of this repository end in, and files of those who use it do not."""
_KEPT: Final = frozenset({"locks/", "runs/", "importer.toml"})
"""Folders in the state directory, and the settings file."""
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PAGE_IN_CODE: Final = re.compile(r"\bdocs/[\w./-]+\.md\b")


def _names() -> frozenset[str]:
    """Return each file, and each folder with and without a stroke at its end, by its path and by each end of it."""
    names: set[str] = set()
    for path in _paths():
        parts = path.relative_to(REPOSITORY).parts
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        names.update(ends)
        if path.is_dir():
            names.update(f"{end}/" for end in ends)
    return frozenset(names)


def _paths() -> Iterator[Path]:
    yield from (path for path in REPOSITORY.iterdir() if path.is_file())
    for folder in _FOLDERS:
        yield REPOSITORY / folder
        yield from (path for path in (REPOSITORY / folder).rglob("*") if "__pycache__" not in path.parts)


def _anchors(text: str) -> frozenset[str]:
    """Return what a link may name after `#`: the headings in lower case, hyphens for spaces, without other signs."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def _named(text: str) -> Iterable[str]:
    """Return what a text names as a file or a folder of this repository."""
    for span in _SPAN.findall(_FENCED.sub("", text)):
        is_file = span.endswith(_OF_THE_CODE) or span.startswith(tuple(f"{folder}/" for folder in _FOLDERS))
        if _PATH.fullmatch(span) and (is_file or span.endswith("/")) and span not in _KEPT:
            yield span


def _misled(links: Iterable[str], page: Path, anchors: Mapping[Path, frozenset[str]]) -> Iterator[str]:
    """Yield the links of a page that lead nowhere in this repository."""
    for link in links:
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors.get(path, ())):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_a_page_names_what_is_there(page: Path) -> None:
    """A module that was moved or renamed is found by its new name in the docs."""
    names = _names()
    assert [name for name in _named(page.read_text("utf-8")) if name not in names] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """Links to files, and to headings in them, work where the docs are read."""
    anchors = {other.resolve(): _anchors(other.read_text("utf-8")) for other in PAGES}
    assert list(_misled(_LINK.findall(page.read_text("utf-8")), page.resolve(), anchors)) == []


def test_pages_that_the_code_names_are_there() -> None:
    """A docstring or a target that sends its reader to a page of the docs names a page that is there."""
    texts = [path for path in _paths() if path.suffix in {".py", ".toml"} or path.name == "Makefile"]
    named = {found for path in texts for found in _PAGE_IN_CODE.findall(path.read_text("utf-8"))}
    assert named
    assert [name for name in sorted(named) if not (REPOSITORY / name).is_file()] == []


def test_each_page_is_reached_from_the_readme() -> None:
    """Whoever begins at the README comes to every page by links."""
    reached, todo = set[Path](), [PAGES[0].resolve()]
    while todo:
        page = todo.pop()
        reached.add(page)
        links = (link.partition("#")[0] for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link)
        others = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
        todo += others - reached
    assert [str(page) for page in PAGES if page.resolve() not in reached] == []


def test_the_readme_is_short() -> None:
    """What is longer has a page of its own in docs/."""
    assert len(PAGES[0].read_text("utf-8").splitlines()) <= _LONGEST_README
