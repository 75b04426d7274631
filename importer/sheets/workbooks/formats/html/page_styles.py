"""What the styles of a page make of its elements: hidden, struck through, or perhaps so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from importer.sheets.workbooks.formats.html.style_rules import (
    Declaration,
    Property,
    StyleRule,
    declarations,
    style_rules,
)

Attributes = Sequence[tuple[str, str | None]]

NO_GROUP: Final = "tbody"
"""The group of rows that says no other: a page has it, whether it is written or not."""
_STRIKING: Final = frozenset({"del", "s", "strike"})
_UNSURE: Final = (Property.OFFICE, Property.SIGHT)
"""What hides text from some."""
_SAYING: Final = frozenset({"hidden", "style"})
_MOST_KNOWN: Final = 4_096
_MOST_RULES: Final = 50_000


class ElementLook(NamedTuple):
    """What is seen of an element's text.

    Attributes:
        is_unseen: Nothing, certainly.
        is_unsure: It may be hidden: by a rule that is not certain, or only in some programs.
        is_struck: It is struck through, or may be.
        is_gone: Certainly it does not even take room: what stands behind it moves into its place.
    """

    is_unseen: bool = False
    is_unsure: bool = False
    is_struck: bool = False
    is_gone: bool = False


SEEN: Final = ElementLook()
_STRUCK: Final = ElementLook(is_struck=True)
_BY_ITSELF: Final = {
    **dict.fromkeys(("datalist", "noframes", "rp", "rt"), ElementLook(is_unseen=True)),
    **dict.fromkeys(("details", "dialog", "noscript", "select"), ElementLook(is_unsure=True)),
}
"""Elements of which nothing is shown (how a text is spoken neither), or a part, or only in some browsers."""
_Rank = tuple[int, tuple[int, int, int], int]
_UNSET: Final[tuple[_Rank, bool]] = ((-1, (0, 0, 0), 0), False)
_BY_ATTRIBUTE: Final = 0
_BY_RULE: Final = 1
_BY_STYLE: Final = 2
_IMPORTANT: Final = 3
"""Which of several declarations counts: that of the greatest of these, and of the greatest weight, and the last."""


class PageStyles:
    """The style sheets of a page.

    Args:
        page: All of its text.
    """

    def __init__(self, page: str = "") -> None:
        rules = list(islice(style_rules(page), _MOST_RULES))
        if not any(said.takes_away for rule in rules for said in rule.declarations):
            rules = []
        self._rules: dict[str, list[tuple[int, StyleRule]]] = defaultdict(list)
        """By the rarest of what they need, in their order."""
        counts = Counter(name for rule in rules for name in rule.needs)
        for order, rule in enumerate(rules):
            rarest = min(rule.needs, key=lambda name: (counts[name], name), default="*")
            self._rules[rarest].append((order, rule))
        self._named = _STRIKING.union(*(rule.needs | rule.elsewhere for rule in rules))
        self._met: set[str] = set()
        """Which of the classes and ids that rules name the page has had so far."""
        self._known: dict[tuple[frozenset[str], bool, str, str], ElementLook] = {}
        self.group = NO_GROUP
        """The group of rows that the elements are in that come."""

    def look(self, element: str, attributes: Attributes) -> ElementLook:
        """Return what is seen of an element, as far as the rules and it itself say it; elements come in their order."""
        if element in _BY_ITSELF:
            return _BY_ITSELF[element]
        if not self._rules and not any(name in _SAYING for name, _ in attributes):
            return _STRUCK if element in _STRIKING else SEEN
        values = dict(attributes)
        names = {element}
        if self._rules:
            names |= {f".{name}" for name in (values.get("class") or "").casefold().split()}
            names |= {f"#{(values.get('id') or '').casefold()}", *(f"[{name}]" for name in values)}
            names &= self._named
            if not names <= self._met:
                self._met |= names
                self._known.clear()
        key = (frozenset(names), "hidden" in values, values.get("style") or "", self.group)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._look(*key)
        return self._known[key]

    def _look(self, names: frozenset[str], is_hidden: bool, style: str, group: str) -> ElementLook:  # noqa: FBT001 - a key
        certain = dict.fromkeys(Property, _UNSET)
        certain[Property.LINE] = ((_BY_ATTRIBUTE, (0, 0, 0), 0), not names.isdisjoint(_STRIKING))
        if is_hidden:
            certain[Property.DISPLAY] = ((_BY_ATTRIBUTE, (0, 0, 0), 0), True)
        perhaps: list[Declaration] = []
        for order, rule in self._about(names, group):
            if not rule.is_certain:
                perhaps += rule.declarations
                continue
            for said in rule.declarations:
                _take(certain, said, (_IMPORTANT if said.is_important else _BY_RULE, rule.weight, order))
        for said in declarations(style):
            _take(certain, said, (_IMPORTANT if said.is_important else _BY_STYLE, (9, 0, 0), 0))
        is_open = {said.about for said in perhaps if _may_count(said, *certain[said.about])}
        is_unsure = not is_open.isdisjoint({Property.DISPLAY, Property.VISIBILITY, Property.SIGHT})
        is_unseen = certain[Property.DISPLAY][1] or certain[Property.VISIBILITY][1]
        return ElementLook(
            is_unseen=is_unseen and not is_unsure,
            is_unsure=is_unsure or (not is_unseen and any(certain[about][1] for about in _UNSURE)),
            is_gone=certain[Property.DISPLAY][1] and not is_unsure,
            is_struck=certain[Property.LINE][1] or Property.LINE in is_open or not names.isdisjoint(_STRIKING),
        )

    def _about(self, names: frozenset[str], group: str) -> Iterator[tuple[int, StyleRule]]:
        """Yield the rules that are about an element, or may be."""
        for key in (*names, "*"):
            for order, rule in self._rules.get(key, ()):
                if not (rule.needs <= names and rule.groups <= {group}):
                    continue
                if rule.is_certain or rule.elsewhere <= self._met:
                    yield order, rule


def _take(certain: dict[Property, tuple[_Rank, bool]], said: Declaration, rank: _Rank) -> None:
    """Take a declaration for the one that counts, where it is of a greater rank than the last one."""
    if rank >= certain[said.about][0]:
        certain[said.about] = (rank, said.takes_away)


def _may_count(said: Declaration, rank: _Rank, takes_away: bool) -> bool:  # noqa: FBT001 - what stands beside the rank
    """Return whether a declaration that is not certain may be another one's end: a style of its own counts more."""
    return said.takes_away != takes_away and (said.is_important or rank[0] < _BY_STYLE)
