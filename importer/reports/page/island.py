"""Values as JSON inside a page: data that no browser takes for markup, whatever is in it."""

from __future__ import annotations

import json
from typing import Final

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MARKUP: Final = {sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def island(value: object) -> bytes:
    """Return a value as JSON, in UTF-8, that can stand in a `<script>` of data.

    Nothing in it ends the script or begins a comment; half a surrogate pair, which UTF-8 cannot hold, is a JSON escape.
    """
    text = _ENCODER.encode(value)
    for sign, escaped in _MARKUP.items():
        text = text.replace(sign, escaped)
    return text.encode("utf-8", "backslashreplace")
