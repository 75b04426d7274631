"""Prefixes of elements: a part may have one on all of its own (`x:row`), and what is written into it must have it too.

Source: Namespaces in XML 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NAME: Final = re.compile(rb"<(/?)(?=[A-Za-z])(?![^<>\s/]*:)")
"""Before the name of an element that has no prefix; in text, `<` is never written as it is."""


def prefix_of(name: str) -> str:
    """Return the prefix of an element's name with its colon; "" where it has none.

    Example: `prefix_of("x:row")` is `"x:"`.
    """
    start, colon, _ = name.rpartition(":")
    return start + colon


def declaration(prefix: str) -> str:
    """Return the name of the attribute that says to which namespace a prefix belongs.

    Example: `declaration("x:")` is `"xmlns:x"`.
    """
    return f"xmlns:{prefix[:-1]}" if prefix else "xmlns"


def namespace(name: str, attributes: Mapping[str, str]) -> str:
    """Return the namespace that the root of a part says to be its own; "" where it says none."""
    return attributes.get(declaration(prefix_of(name)), "")


def with_prefix(prefix: str, xml: bytes) -> bytes:
    """Return XML of which every element has the prefix, but those that have one already.

    Example: `with_prefix("x:", b"<c><v>1</v></c>")` is `b"<x:c><x:v>1</x:v></x:c>"`.
    """
    return _NAME.sub(rb"<\1" + prefix.encode(), xml) if prefix else xml
