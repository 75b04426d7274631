"""What a process may be forked to be, and what it has imported by then: what it would import, and nothing run yet."""

from __future__ import annotations

import importlib
import pkgutil
import runpy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_PUT_OFF: Final = (
    "jinja2",
    "multiprocessing.resource_tracker",
    "openpyxl.packaging.extended",
    "pandas.io.formats.string",
    "pandera.backends.pandas.register",
    "pandera.strategies.pandas_strategies",
    "pygments.lexers",
    "rich.console",
    "rich.progress",
    "rich.prompt",
    "rich.table",
    "rich.traceback",
    "structlog",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
)
"""What the modules of the importer import only once they run."""


@dataclass(frozen=True)
class Program:
    """One that can be forked.

    Attributes:
        module: As `python -m` takes it.
        imports: Names the modules that it has imported by then.
        entry: What is called instead of running the module, where another module would do that.
    """

    module: str
    imports: Callable[[], Iterator[str]]
    entry: Callable[[], None] | None = None

    def load(self) -> None:
        """Import them, and what measures coverage, which a fork may be asked to begin with."""
        for name in ("coverage", *self.imports()):
            importlib.import_module(name)

    def run(self) -> None:
        """Run it from its beginning."""
        if self.entry is not None:
            self.entry()
        else:
            runpy.run_module(self.module, run_name="__main__", alter_sys=True)


def below(package: str) -> Iterator[str]:
    """Yield the modules of a package, but for those that are programs."""
    path: Sequence[str] = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        if not module.name.endswith(".__main__"):
            yield module.name


def _of_the_command() -> Iterator[str]:
    yield from below("importer")
    yield from _PUT_OFF


_PARSER: Final = "importer.sheets.workbooks.parser.child"


def _of_the_parser() -> Iterator[str]:
    yield _PARSER
    yield from below("importer.sheets.workbooks.formats")


def _parse() -> None:
    importlib.import_module(_PARSER).main()


PROGRAMS: Final = {
    "importer": Program("importer", _of_the_command),
    "parser": Program(_PARSER, _of_the_parser, _parse),
    "probe": Program("tests.forking.probe", lambda: iter(["random"])),
}
