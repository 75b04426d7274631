"""What each setting means, as its own documentation says it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Final

from importer.settings import Settings

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


def meanings() -> Mapping[str, str]:
    """Return what each setting means, a sentence, by its name; nothing where Python has left documentation out."""
    text = inspect.cleandoc(Settings.__doc__ or "")
    return {
        name: " ".join(told.split()).replace("; None for", "; without it,") for name, told in _ATTRIBUTE.findall(text)
    }
