"""What the tests of this folder have in common: an API, and each server once in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.between.apache import apache
from tests.between.backend import Backend, serving
from tests.between.haproxy import haproxy
from tests.between.nginx import nginx
from tests.between.rows import Rows
from tests.between.scene import BetweenScene
from tests.between.varnish import varnish

FRONTS: Final[Mapping[str, Callable[[Path, int], AbstractContextManager[Mapping[str, str]]]]] = {
    "nginx": nginx,
    "varnish": varnish,
    "haproxy": haproxy,
    "apache": apache,
}

Front = Callable[[str], Mapping[str, str]]
"""Returns the base URLs of a server in front of the API, by what it does there; skips the test where it is missing."""

Scene = Callable[[Rows], BetweenScene]
"""Makes a sheet of rows, and has the API know what is to become of them."""


@pytest.fixture(scope="session")
def backend() -> Iterator[Backend]:
    """Yield an API that logs what it applies."""
    with serving() as backend:
        yield backend


@pytest.fixture(scope="session")
def in_front(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Yield a function that starts a server of `FRONTS` in front of the API, unless it is there already."""
    with ExitStack() as running:

        @cache
        def start(name: str) -> Mapping[str, str]:
            return running.enter_context(FRONTS[name](tmp_path_factory.mktemp(name), backend.port))

        yield start


@pytest.fixture
def scene(backend: Backend, tmp_path: Path) -> Scene:
    """Return a function that makes a scene of rows; several of one test have one journal."""
    scenes: list[BetweenScene] = []

    def make(rows: Rows) -> BetweenScene:
        variables = {"IMPORTER_STATE_DIR": str(tmp_path / "state")}
        folder = tmp_path / f"scene-{len(scenes)}"
        scenes.append(BetweenScene(folder=folder, variables=variables, backend=backend, rows=rows))
        return scenes[-1]

    return make
