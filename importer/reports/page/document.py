"""A page as a file: its template filled in, its styles and scripts inside it, and a policy that allows just those."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from importer.disk import Access
from importer.reports.files import replacing

if TYPE_CHECKING:
    from jinja2 import Environment

GENERATOR: Final = "importer"
INDEX_GENERATOR: Final = "importer index"
"""By this name in a page's head, a page is known as ours."""
_HOME: Final = "importer.reports.page"
_OF_SCRIPT: Final = re.compile(r"\n//# sourceMappingURL=.*")
_OF_STYLES: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/")
"""The two begin with what they look for: libraries are long, and are looked through ten times faster so."""
_NO_CHARACTER: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page.

    Attributes:
        template: The name of the template.
        styles: The names of its style sheets, in order.
        scripts: The names of its scripts, in order.
        values: What the template says; text is escaped.
        islands: Data for the scripts, by the id of its element: pieces of JSON that `island` has made.
    """

    template: str
    styles: Sequence[str]
    scripts: Sequence[str]
    values: Mapping[str, object]
    islands: Mapping[str, Iterable[bytes]]

    def write(self, path: Path, access: Access) -> None:
        """Write the page, whole or not at all, in pieces; raise `ReportError` where that fails."""
        from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2, which is heavy

        pieces = (
            _environment()
            .get_template(self.template)
            .generate(
                **({"generator": GENERATOR} | dict(self.values)),
                policy=_policy(self.scripts),
                styles=[Markup(_inline(name)) for name in self.styles],  # noqa: S704 - our own files
                scripts=[Markup(_inline(name)) for name in self.scripts],  # noqa: S704 - the same
                islands={
                    name: (Markup(piece.decode("utf-8")) for piece in parts)  # noqa: S704 - `island` escapes
                    for name, parts in self.islands.items()
                },
            )
        )
        with replacing(path, access) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())


@functools.cache
def _environment() -> Environment:
    """Return what compiles templates, each once in a process."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - heavy

    from importer.reports.page.compiled import CompiledTemplates  # noqa: PLC0415 - the same

    here = Path(__file__)
    return Environment(
        autoescape=True,
        loader=FunctionLoader(_text),
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(here.parent, here),
    )


def _printable(value: object) -> object:
    """Return a value as a page can hold it: half a surrogate pair and NUL become the sign for what is no character."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


def _policy(scripts: Iterable[str]) -> str:
    """Return a Content-Security-Policy that lets nothing run or load but these scripts and inline styles."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _text(name: str) -> str:
    """Return the text of one of the package's own files, `folder/name`."""
    return resources.files(_HOME).joinpath(name).read_text("utf-8")


@functools.cache
def _inline(name: str) -> str:
    """Return a script or style sheet without the address of its source map, which a debugger would ask for."""
    return _OF_STYLES.sub("", _OF_SCRIPT.sub("\n", _text(name)))


@functools.cache
def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(_inline(script).encode()).digest()).decode()
