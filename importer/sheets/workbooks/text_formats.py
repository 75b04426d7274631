"""What a number format makes of text: most show it as it is, some show something beside it or nothing at all.

Source: ECMA-376 part 1, 18.8.31: of up to four sections the one for text is the fourth, or the one with an @ in it;
where there is none, text is shown as it is.
"""

from __future__ import annotations

import functools
import re
from typing import Final

_TOKEN: Final = re.compile(
    r'"([^"]*)"?|\\(.)|_(?:.|$)|\*(.|$)|\[(?:\$([^\]-]*))?[^\]]*\]|(General)|(.)', re.IGNORECASE | re.DOTALL
)
"""Text, a sign, a gap, what fills the cell, a colour or a currency, the usual form, or anything else."""
_SECTIONS: Final = 4
_LONGEST_FORMAT: Final = 1_000


@functools.lru_cache(maxsize=4096)
def shows_text(code: str) -> bool:
    """Return whether a number format shows text as it is; blanks around it, and colours, make no difference.

    Example: `shows_text('"van "@')` is `False`.
    """
    sections = [""]
    with_text: list[int] = []
    for match in _TOKEN.finditer(code[:_LONGEST_FORMAT]):
        quoted, escaped, fill, currency, general, other = match.groups()
        if other == ";":
            sections.append("")
            continue
        if other == "@":
            with_text.append(len(sections) - 1)
        sections[-1] += "@" if general else quoted or escaped or fill or currency or other or ""
    if len(sections) >= _SECTIONS:
        return sections[_SECTIONS - 1].strip() == "@"
    return not with_text or sections[with_text[-1]].strip() == "@"
