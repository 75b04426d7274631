"""The rules of a page's style sheets that hide text or strike it through (CSS 2.2, chapters 4 to 6).

A rule is certain where its selector names an element, classes and an id and nothing else. Of any other only the last
part is looked at: it may be about the elements that fit that, where the page has what the rest of it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple


class Property(Enum):
    """What a declaration is about."""

    DISPLAY = "display"
    VISIBILITY = "visibility"
    OFFICE = "mso-hide"
    """Word and Outlook hide such text, and browsers do not."""
    LINE = "text-decoration"
    SIGHT = "out of sight"
    """Cut off, transparent or beside the page: it is there, for those who have pages read to them."""


class Declaration(NamedTuple):
    """A declaration: whether it hides or strikes through, and whether it is `!important`."""

    about: Property
    takes_away: bool
    is_important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A rule, for one of its selectors.

    Attributes:
        needs: All that an element must have: `.class`, `#id`, `element`, `[attribute]`; nothing for any element.
        elsewhere: Classes and ids that the page must have for it to be about anything at all.
        groups: The groups of rows of which an element must be in each: one of a table is in one alone.
        is_certain: Whether it is about every such element.
        weight: Its specificity: ids, classes, elements.
        declarations: What it says.
    """

    needs: frozenset[str]
    elsewhere: frozenset[str]
    groups: frozenset[str]
    is_certain: bool
    weight: tuple[int, int, int]
    declarations: tuple[Declaration, ...]


GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
"""The elements that are groups of rows."""
_SHEET: Final = re.compile(r"<!--.*?(?:-->|\Z)|<style\b([^>]{0,1000})>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_LONGEST: Final = 4 * 1024**2
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SIGN: Final = re.compile(r""""(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[{};]""")
_DECLARATION: Final = re.compile(
    r"(?:^|;)\s*(display|visibility|mso-hide|text-decoration)(?:-line)?\s*:\s*([^;]*)", re.IGNORECASE
)
_OUT_OF_SIGHT: Final = re.compile(
    r"(?:^|;)\s*(?:clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?:opacity|font-size)\s*:\s*0(?:\.0+)?(?:%|[a-z]+)?\s*(?:[;!]|\Z)|color\s*:\s*transparent"
    r"|(?:text-indent|left|top|right)\s*:\s*-[0-9]{3})",
    re.IGNORECASE,
)
_HIDING: Final = {
    Property.DISPLAY: frozenset({"none"}),
    Property.VISIBILITY: frozenset({"hidden", "collapse"}),
    Property.OFFICE: frozenset({"all", "screen", "yes"}),
    Property.LINE: frozenset({"line-through"}),
}
_MEDIA: Final = re.compile(r"""\bmedia\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)
_KIND: Final = re.compile(r"""\btype\s*=\s*["']?([^"'>\s]*)""", re.IGNORECASE)
_ON_SCREEN: Final = frozenset({"", "all", "screen", "only screen"})
_NOT_ON_SCREEN: Final = re.compile(r"(?:only\s+)?(?:print|speech|aural|braille|embossed|tty)\b.*", re.DOTALL)
_WIDTH: Final = re.compile(r"(?:max-(?:device-)?width\s*:|width\s*<=?)\s*([0-9]{1,4})(?:\.[0-9]+)?(px|r?em)")
_NARROW: Final = {"px": 1_024, "em": 64, "rem": 64}
"""Windows up to this width are those of telephones and tablets, and nobody works with a sheet there."""
_OTHER_AT_RULES: Final = re.compile(r"@(?:-\w+-)?(?:font-face|page|keyframes|charset|namespace|counter-style)\b")
_DEEPEST: Final = 4

_IN_BRACKETS: Final = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_DIVIDING: Final = re.compile(r"[\s>+~|,]")
_LONGEST_SELECTOR: Final = 2_000
_BETWEEN: Final = re.compile(r"\s*[>+~|]\s*|\s+")
_PSEUDO: Final = re.compile(r"::?[\w-]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?")
_ATTRIBUTE: Final = re.compile(r"\[\s*([\w-]*)[^\]]*\]?")
_OF_A_MOMENT: Final = re.compile(
    r"::|:(?:hover|focus|active|visited|target|before|after|first-line|first-letter|checked|disabled)", re.IGNORECASE
)
"""Of what a person does at the moment, or of text that is in no element."""
_COMPOUND: Final = re.compile(r"(\*|[A-Za-z][\w-]*)?((?:[.#][\w\u0080-\uffff-]+)*)((?:\[[\w-]+\])*)")
_NAME: Final = re.compile(r"[.#][^.#]+")


def declarations(style: str) -> tuple[Declaration, ...]:
    """Return what a piece of a style says of hiding and striking through, in its order."""
    found = []
    for name, value in _DECLARATION.findall(style):
        plain, _, important = value.strip().lower().partition("!")
        about = Property(name.lower())
        found.append(Declaration(about, not _HIDING[about].isdisjoint(plain.split()), important.strip() == "important"))
    if _OUT_OF_SIGHT.search(style):
        found.append(Declaration(Property.SIGHT, takes_away=True, is_important=False))
    return tuple(found)


def style_rules(page: str) -> Iterator[StyleRule]:
    """Yield the rules of all style sheets of a page that say anything of hiding or striking through."""
    for match in _SHEET.finditer(page):
        if match[2] is None or not _is_css(match[1]):
            continue
        media = _MEDIA.search(match[1])
        is_certain = _applies(media[1] if media else "")
        if is_certain is not None:
            yield from _rules(_COMMENT.sub(" ", match[2][:_LONGEST]), is_certain=is_certain, depth=0)


def _is_css(attributes: str) -> bool:
    kind = _KIND.search(attributes)
    return kind is None or kind[1].lower() in {"", "text/css"}


def _applies(media: str) -> bool | None:
    """Return whether rules for some media certainly apply to a screen; None where certainly not."""
    several = [one.strip().lower() for one in media.split(",")]
    if any(one in _ON_SCREEN for one in several):
        return True
    return None if all(_NOT_ON_SCREEN.fullmatch(one) or _is_narrow(one) for one in several) else False


def _is_narrow(media: str) -> bool:
    width = _WIDTH.search(media)
    return width is not None and int(width[1]) <= _NARROW[width[2]]


def _rules(text: str, *, is_certain: bool, depth: int) -> Iterator[StyleRule]:
    for prelude, body in _blocks(text):
        if not prelude.startswith("@"):
            said = declarations(body)
            for selector in _IN_BRACKETS.sub(_closed, prelude).split(",") if said else ():
                yield from _rule(selector.strip(), said, is_certain=is_certain)
        elif depth < _DEEPEST and not _OTHER_AT_RULES.match(prelude):
            applies = _applies(prelude.partition("@media")[2].strip()) if prelude.startswith("@media") else False
            if applies is not None:
                yield from _rules(body, is_certain=is_certain and applies, depth=depth + 1)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each pair of outer braces, and what is inside of it."""
    depth = begin = 0
    prelude = ""
    for match in _SIGN.finditer(text):
        sign = match[0]
        if sign == "{":
            if depth == 0:
                prelude, begin = text[begin : match.start()].strip(), match.end()
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                yield prelude, text[begin : match.start()]
                begin = match.end()
        elif sign == ";" and depth == 0:
            begin = match.end()


def _rule(selector: str, said: tuple[Declaration, ...], *, is_certain: bool) -> Iterator[StyleRule]:
    if not 0 < len(selector) <= _LONGEST_SELECTOR or _OF_A_MOMENT.search(selector):
        return
    parts = [_PSEUDO.sub("", part) for part in _BETWEEN.split(selector) if part]
    compounds = [_compound(part) for part in parts]
    *before, last = compounds or [frozenset()]
    is_certain = is_certain and len(compounds) == 1 and _COMPOUND.fullmatch(selector) is not None
    if not last and not is_certain:  # it would hide all of the page
        return
    elsewhere = frozenset(name for names in before for name in names if name[0] in ".#")
    groups = GROUPS & {name for names in before for name in names}
    ids, classes = (sum(name[0] in signs for name in last) for signs in ("#", ".["))
    yield StyleRule(last, elsewhere, groups, is_certain, (ids, classes, len(last) - ids - classes), said)


def _closed(match: re.Match[str]) -> str:
    """Return what is in brackets without the signs that divide the parts of a selector."""
    return _DIVIDING.sub("=", match[0])


def _compound(part: str) -> frozenset[str]:
    """Return what an element must have; nothing where that is not known."""
    attributes = {f"[{name.lower()}]" for name in _ATTRIBUTE.findall(part) if name}
    match = _COMPOUND.fullmatch(_ATTRIBUTE.sub("", part))
    if match is None:
        return frozenset(attributes)
    element, names = match[1], match[2]
    found = attributes | {name.casefold() for name in _NAME.findall(names)}
    return frozenset(found | ({element.lower()} if element and element != "*" else set()))
