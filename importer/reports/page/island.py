"""Values as JSON inside a page: data that no browser takes for markup, whatever is in it."""

from __future__ import annotations

import json
from typing import Final

_MARKUP: Final = str.maketrans({
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
})


def island(value: object) -> bytes:
    """Return a value as JSON, in UTF-8, that can stand in a `<script>` of data.

    Nothing in it ends the script or begins a comment; half a surrogate pair, which UTF-8 cannot hold, is a JSON escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_MARKUP).encode("utf-8", "backslashreplace")
