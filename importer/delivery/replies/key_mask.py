"""Hides the key in words of others."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from typing import Final
from urllib.parse import quote

MASK: Final = "•••"
_SHORTEST_BASE64: Final = 8
"""Fewer letters would be found in any sentence."""


def key_mask(key: str) -> Callable[[str], str]:
    """Return a function that masks `key` in a text, in any case.

    It is found in the writings in which an API, or a program on the way to it, may repeat a request: as it is, escaped
    for a URL, for JSON or for HTML, and within the base64 of HTTP's Basic scheme.

    Example: `key_mask("s3cret-k3y")("the key S3CRET-K3Y is refused")` is `"the key ••• is refused"`.
    """
    if not key:
        return str
    spellings = {key, quote(key), quote(key, safe=""), json.dumps(key)[1:-1], escape(key), *_in_base64(key)}
    longest_first = sorted(spellings, key=len, reverse=True)
    spelling = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    return lambda text: spelling.sub(MASK, text)


def _in_base64(key: str) -> Iterator[str]:
    """Yield what is in the base64 of any text that holds the key, wherever in it the key begins.

    The letters at both ends are left out: part of each depends on what is beside the key.
    """
    content = key.encode()
    for before in range(3):
        encoded = b64encode(bytes(before) + content).decode()
        written = encoded[(before * 8 + 5) // 6 : (before + len(content)) * 8 // 6]
        if len(written) >= _SHORTEST_BASE64:
            yield written
            yield written.translate(str.maketrans("+/", "-_"))
