"""What is strange about rows only beside the other rows of the file."""

from __future__ import annotations

import functools
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from importer.checks.codes import WarningCode
from importer.checks.domain_slips import domain_of, likely_domains
from importer.checks.odd_ids import IdHabit, odd_ids
from importer.checks.row_warnings import domain_slip
from importer.model.rows import RowWarning, Update
from importer.model.source import Field
from importer.model.updates import Updates
from importer.phrases import named, named_rows

if TYPE_CHECKING:
    from importer.checks.rules import Rules

_ENOUGH_TO_NAME: Final = 6
"""One customer more than a message names rows of, since it leaves the row's own out."""
_FEWEST_SWAPPED: Final = 5
_SHARE_SWAPPED: Final = 0.8
_MOST_DOMAINS: Final = 200_000
_MOST_ROWS_OF_A_SLIP: Final = 1_000
_TWO_PARTS: Final = re.compile(r"([^\W\d_]{2,})[._-]([^\W\d_]{2,})\d*(?:\+.*)?")
_BEYOND_ASCII: Final = "\x80-\U0010ffff"
_MAY_TELL: Final = re.compile(
    f"[a-zA-Z{_BEYOND_ASCII}]{{2,}}+[._-][a-zA-Z{_BEYOND_ASCII}]{{2,}}+[{_BEYOND_ASCII}0-9]*[+@]"
)
"""What an address begins with that has two such parts before its @: of other letters than ASCII, whatever they are."""
_NOT_DECOMPOSED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})

_IDS: Final = (Field.CUSTOMER_ID, Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)
NOTHING_DEFAULTED: Final[Mapping[Field, Collection[int]]] = MappingProxyType({})


class NameOrder(Enum):
    """What an address says about which name is which."""

    AGREES = auto()
    SWAPPED = auto()


def name_order(first_name: str, last_name: str, address: str) -> NameOrder | None:
    """Return whether an address like `first.last@` agrees with the two names; None where it does not tell.

    Accents, case and what is no letter make no difference; of a name of several words, the first word is enough.

    Example: `name_order("Pérez", "Ana", "ana.perez@example.com")` is `NameOrder.SWAPPED`.
    """
    parts = _TWO_PARTS.fullmatch(address.rpartition("@")[0])
    if parts is None:
        return None
    before_dot, behind_dot = _folded(parts[1])[0], _folded(parts[2])[0]
    first, last = _folded(first_name), _folded(last_name)
    agrees, swapped = before_dot in first and behind_dot in last, before_dot in last and behind_dot in first
    if agrees == swapped:
        return None
    return NameOrder.AGREES if agrees else NameOrder.SWAPPED


def names_swapped(rows: Collection[int], agreeing: int, headers: Mapping[Field, str]) -> Iterator[RowWarning]:
    """Yield a warning for each row whose names seem swapped, where the file as a whole bears that out.

    It does where there are at least 5 of them, and at least 80 % of all the rows whose addresses tell.

    Args:
        rows: Those whose address says `SWAPPED`.
        agreeing: How many say `AGREES`.
        headers: The source's own names of the columns.
    """
    decidable = len(rows) + agreeing
    if len(rows) < _FEWEST_SWAPPED or len(rows) < _SHARE_SWAPPED * decidable:
        return
    first = headers.get(Field.FIRST_NAME, Field.FIRST_NAME.value)
    last = headers.get(Field.LAST_NAME, Field.LAST_NAME.value)
    sentence = (
        f"{named(first)} and {named(last)} seem to hold each other's values: so say the addresses of {len(rows)} of "
        f"the {decidable} rows whose address tells. Swap the names of the two columns if that is so."
    )
    for row in rows:
        yield RowWarning(row, WarningCode.NAMES_SWAPPED.value, first, sentence)


def shared_addresses(groups: Iterable[Sequence[Sequence[int]]], column: str) -> Iterator[RowWarning]:
    """Yield a warning for each row whose address other customers have too.

    Args:
        groups: For each address that several customers have, the rows of each customer, all in order.
        column: The source's own name of the column.
    """
    for customers in groups:
        firsts = [rows[0] for rows in customers[:_ENOUGH_TO_NAME]]
        for rows in customers:
            other_rows = named_rows([other for other in firsts if other != rows[0]], len(customers) - 1)
            sentence = (
                f"The address in {named(column)} is also in {other_rows}, for another customer. Check whose it is."
            )
            yield from (RowWarning(row, WarningCode.SHARED_ADDRESS.value, column, sentence) for row in rows)


class FileEvidence:
    """Gathers what the rows of a file say about each other; it keeps no name and no address, only domains.

    Args:
        rules: Name the columns, and say whether a customer's id is a UUID.
    """

    def __init__(self, rules: Rules) -> None:
        self._headers = rules.headers
        all_uuids = () if rules.customer_id_pattern else (Field.CUSTOMER_ID,)
        self._habits = {field: IdHabit() for field in _IDS if field in rules.headers and field not in all_uuids}
        self._agreeing = 0
        self._swapped = array("q")
        self._domains: Counter[str] = Counter()
        self._rows: dict[str, array[int]] = defaultdict(functools.partial(array, "q"))

    def add(self, updates: Sequence[Update], defaulted: Mapping[Field, Collection[int]] = NOTHING_DEFAULTED) -> None:
        """Take in rows that can be sent, and which of them go where the run says, since their own cell is blank."""
        columns = Updates.of(updates)
        ids = {
            Field.CUSTOMER_ID: columns.customer_ids,
            Field.GROUP_ID: columns.group_ids,
            Field.LINKED_ACCOUNT_ID: columns.linked_account_ids,
        }
        for field, habit in self._habits.items():
            blank = frozenset(defaulted.get(field, ()))
            given = [row not in blank for row in columns.rows] if blank else [True] * len(columns)
            habit.add(list(compress(columns.rows, given)), list(compress(ids[field], given)))
        self._add_names(columns)
        self._add_domains(columns)

    def warnings(self) -> Iterator[RowWarning]:
        """Yield what is strange about the rows that were taken in, in no order."""
        yield from odd_ids(self._habits, self._headers)
        yield from names_swapped(self._swapped, self._agreeing, self._headers)
        header = self._headers.get(Field.EMAIL, Field.EMAIL.value)
        for domain, meant in likely_domains(self._domains).items():
            yield from (domain_slip(row, header, meant) for row in self._rows.get(domain, ()))

    def _add_names(self, updates: Updates) -> None:
        """Count what addresses say about the order of names, as far as one may say anything."""
        telling = [at for at, match in enumerate(map(_MAY_TELL.match, updates.emails)) if match]
        for at in telling:
            order = name_order(updates.first_names[at], updates.last_names[at], updates.emails[at])
            if order is NameOrder.SWAPPED:
                self._swapped.append(updates.rows[at])
            elif order is NameOrder.AGREES:
                self._agreeing += 1

    def _add_domains(self, updates: Updates) -> None:
        """Count domains, and keep their rows while they are few; of very many domains, the later ones are left out."""
        written = [address.rpartition("@")[2] for address in updates.emails]
        different: Counter[str] = Counter()
        for domain, count in Counter(written).items():
            different[domain_of(domain)] += count
        for domain, count in different.items():
            if domain in self._domains or len(self._domains) < _MOST_DOMAINS:
                self._domains[domain] += count
        rare = {domain for domain in different if 0 < self._domains[domain] <= _MOST_ROWS_OF_A_SLIP}
        for domain in different.keys() - rare:
            self._rows.pop(domain, None)
        if rare:
            for domain, row in zip(map(domain_of, written), updates.rows, strict=True):
                if domain in rare:
                    self._rows[domain].append(row)


@functools.lru_cache(maxsize=65_536)
def _folded(name: str) -> tuple[str, str]:
    """Return a name as names are compared here: all its letters, and those of its first word."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_NOT_DECOMPOSED))
    words = re.split(r"[\s-]+", plain)
    all_letters, first_word = ("".join(letter for letter in text if letter.isalpha()) for text in (plain, words[0]))
    return all_letters, first_word
