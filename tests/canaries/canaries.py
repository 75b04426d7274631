"""An invented key and an invented person that nothing else is called like, and the search for them in any writing."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

KEY: Final = "sk/K4n4r13nV0g3l+7f3a=="
"""With signs that URLs and JSON write differently, as keys in base64 have them."""
FIRST_NAME: Final = "Quetzalcoatlina María"
LAST_NAME: Final = "O'Brzęczyszczykiewicz"
LOCAL_PART: Final = "kanarek.zolty"
DOMAIN: Final = "ptaszarnia-kanarkow.example.com"

_CORES: Final[Mapping[str, tuple[str, ...]]] = {
    "key": ("K4n4r13nV0g3l",),
    "first name": ("Quetzalcoatlina",),
    "last name": ("czyszczykiewicz",),
    "address": ("kanarek.zolty", "ptaszarnia-kanarkow"),
}
"""Parts of each that percent-encoding, JSON and HTML leave as they are, so that a part of a canary is found too."""

KEY_ONLY: Final = frozenset({"key"})


def canaries_in(content: bytes | str) -> set[str]:
    """Return which canaries are in some bytes: in any case, any usual writing, and packed into an archive."""
    found = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    folded = found.lower()
    return {
        name
        for name, cores in _CORES.items()
        if any(written in folded for core in cores for written in _in_any_case(core.lower()))
        or any(core.encode().hex().encode() in folded for core in cores)
        or any(written in found for core in cores for written in _in_base64(core))
    } | {name for part in _parts(found) for name in canaries_in(part)}


def canaries_under(*places: Path) -> dict[str, set[str]]:
    """Return which canaries are in the files at some places, their names included, by path; other files are left out.

    The bytes are searched as they lie on the disk: pages of a database that are no longer used count too.
    """
    files = (file for place in places for file in ([place] if place.is_file() else place.rglob("*")))
    found = {str(file): canaries_in(file.name) | canaries_in(_content(file)) for file in files}
    return {path: names for path, names in found.items() if names}


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _in_any_case(core: str) -> Iterator[bytes]:
    """Yield how text is written where the case of letters makes no difference; `core` is in lower case."""
    plain = core.encode()
    yield plain
    yield "".join(f"%{byte:02x}" for byte in plain).encode()
    yield quote(core, safe="").lower().encode()
    for gap in (b"\0", b" "):  # UTF-16 of either order, and what becomes of it where NULs are made blanks
        yield gap.join(bytes([byte]) for byte in plain)


def _in_base64(core: str) -> Iterable[bytes]:
    """Return what is in the base64 of whatever holds the core, wherever in it that begins."""
    written = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + core.encode())
        written.append(whole[-(-before * 8 // 6) : (before + len(core)) * 8 // 6])
    return written


def _parts(content: bytes) -> Iterator[bytes]:
    """Yield the parts of an archive, such as a workbook."""
    if not content.startswith(b"PK\x03\x04"):
        return
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name.encode() + archive.read(name)
