"""Templates as an earlier process has compiled them: they stand where Python keeps what it compiles of modules."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class CompiledTemplates(jinja2.BytecodeCache):
    """Keeps compiled templates, which take longer to compile than to fill in.

    One is used only if it was made of the same text, by the same version of jinja2 and the same maker. Where nothing
    can be kept, as in a folder of somebody else's, or is damaged, the template is compiled.

    Args:
        folder: Has the templates, by their names.
        maker: The source of the module that says how they are compiled.
    """

    def __init__(self, folder: Path, maker: Path) -> None:
        self._folder = folder
        self._maker = maker

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - the signature of jinja2
        """Return the name: there is one folder."""
        return name

    def get_source_checksum(self, source: str) -> str:
        """Return what tells whether a compiled template is what would be made of this text now."""
        made_of = f"{jinja2.__version__}\n{source}".encode() + self._maker.read_bytes()
        return hashlib.sha256(made_of).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, if there is one of use."""
        with suppress(OSError, EOFError, ValueError, TypeError):
            checksum, _, code = self._path(bucket).read_bytes().partition(b"\n")
            if checksum == bucket.checksum.encode():
                bucket.code = marshal.loads(code)  # noqa: S302 - as trusted as the modules that stand beside it

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, whole or not at all, if compiled modules are kept too."""
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            draft.write_bytes(f"{bucket.checksum}\n".encode() + marshal.dumps(bucket.code))
            draft.replace(path)
            return
        with suppress(OSError):  # as on a full disk
            draft.unlink()

    def _path(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(self._folder / bucket.key)))
