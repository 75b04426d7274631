"""The libraries that pages carry are those that were published."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib import resources

import pytest

from importer.reports.page.document import GENERATOR
from importer.sheets.tones import TONES

PAGE = resources.files("importer.reports.page")
VENDOR = PAGE / "vendor"
LIBRARIES = tomllib.loads((VENDOR / "vendored.toml").read_text("utf-8"))["library"]
DIGESTS = {name: digest for library in LIBRARIES for name, digest in library["sha256"].items()}


def test_every_vendored_file_has_its_digest() -> None:
    """No file of another project is there that is not listed, and none that is listed is missing."""
    assert {file.name for file in VENDOR.iterdir()} == {*DIGESTS, "vendored.toml", "README.md"}


@pytest.mark.parametrize("name", DIGESTS)
def test_vendored_files_are_unchanged(name: str) -> None:
    """Each file is, to the byte, what was published."""
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == DIGESTS[name]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: str(library["name"]))
def test_vendored_libraries_come_with_their_licence_and_version(library: dict[str, str]) -> None:
    """What the list says of a library is what its files say."""
    assert "Permission is hereby granted" in (VENDOR / library["licence_file"]).read_text("utf-8")
    script = next(name for name in library["sha256"] if name.endswith(".js"))
    assert f"v{library['version']}" in (VENDOR / script).read_text("utf-8")[:200]


def test_our_own_script_never_makes_markup_of_text() -> None:
    """The script has none of the calls that turn text into elements or code."""
    script = (PAGE / "assets" / "page.js").read_text("utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script) == []
    assert '"use strict"' in script


def test_the_page_has_the_tones_of_the_sheet() -> None:
    """In the light scheme, a status has the same colour behind it in the page as in the workbook."""
    styles = (PAGE / "assets" / "page.css").read_text("utf-8")
    for status, tone in TONES.items():
        assert f"--{status}-tone: light-dark(#{tone}," in styles


def test_the_mark_of_our_pages_is_in_their_head() -> None:
    """Both templates say who wrote the page, where `is_ours` looks for it."""
    for name in ("report.html.j2", "index.html.j2"):
        head = (PAGE / "assets" / name).read_text("utf-8").split("<!doctype html>")[1][:300]
        assert '<meta name="generator" content="{{ generator }}">' in head
    assert GENERATOR == "importer"
