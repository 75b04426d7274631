"""Control characters in XML that does not allow them, as programs write them that only put text between tags.

Spreadsheet programs do not open such a file. Here each of them becomes U+FFFD, which no field may hold: so its row is
refused and not the file, and in a column that is not sent it costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_CONTROLS: Final = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCES: Final = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8BCEF]|1[0-9A-F]));", re.IGNORECASE)
_CDATA: Final = b"<![CDATA["
_LONGEST: Final = 32
"""How many bytes of a reference may wait for its end."""
_REPLACEMENT: Final = "\ufffd".encode()
_REPLACED: Final = b"&#xFFFD;"
_ENCODING: Final = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)")


def without_controls(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of XML in UTF-8 with replacement characters for control characters; any other as it is.

    Text that is not marked up (CDATA) may hold what looks like a reference: from there on, references stay.
    """
    waiting, before, is_first, is_utf8, has_cdata = b"", b"", True, False, False
    for block in blocks:
        if is_first:
            is_first, is_utf8 = False, _is_utf8(block)
        if not is_utf8:
            yield block
            continue
        data = waiting + block
        at = data.rfind(b"&", -_LONGEST)
        data, waiting = (data[:at], data[at:]) if at >= 0 and b";" not in data[at:] else (data, b"")
        marked_up = len(data)
        if not has_cdata and (at := (before + data).find(_CDATA)) >= 0:
            marked_up, has_cdata = max(at - len(before), 0), True
        elif has_cdata:
            marked_up = 0
        before = (before + data)[-len(_CDATA) :]
        data = _REFERENCES.sub(_REPLACED, data[:marked_up]) + data[marked_up:]
        yield _CONTROLS.sub(_REPLACEMENT, data)
    yield _CONTROLS.sub(_REPLACEMENT, waiting) if is_utf8 else waiting


def _is_utf8(start: bytes) -> bool:
    said = _ENCODING.search(start)
    return b"\0" not in start[:4] and (said is None or said[1].lower() in {b"utf-8", b"utf8", b"us-ascii"})
