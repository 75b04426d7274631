"""What a seed means: sheets, an API and its moods, what people and fate do meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from importer.delivery.wire.attempts import Fault

CUSTOMERS: Final = 48
_MANY: Final = 400
"""So many customers there are for large sheets."""
GROUPS: Final = ("5c0a8d1e-1f6b-4a57-8f0e-2f3f1a7d9b10", "9d1f6b0a-2c5e-4d3b-8a7f-6e4c2b1a0f35")
Values = tuple[str, str, str]


@dataclass(frozen=True)
class Line:
    """A row of a sheet. Valid rows of one customer that are not the first with its values are repeats.

    Attributes:
        kind: "valid", "repeat" or "invalid".
    """

    row: int
    customer: str
    values: Values
    kind: str


@dataclass(frozen=True)
class Outage:
    """From when to when every request goes unanswered, or is answered by something that is broken."""

    start_s: float
    end_s: float
    answers: Sequence[int | Fault]


@dataclass(frozen=True)
class Front:
    """Something between the importer and the API, which answers in its name now and then.

    Attributes:
        share: How many of the requests it answers itself, before the API has applied them or after it.
        server: What it calls itself; its name stands over the API's own where it `covers` that.
        again: How many of the requests it sends to the API twice, without a word.
        changes_at: From when on another one stands there.
    """

    share: float
    server: str
    covers: bool = False
    again: float = 0.0
    changes_at: float = float("inf")


@dataclass(frozen=True)
class Climate:
    """How the API behaves.

    Attributes:
        latency_s: The typical time of an answer; `spread` says by how much it differs, as a lognormal sigma.
        trouble: How many of the requests get one of the `troubles` instead of an answer.
        limit: Requests a second; None for any number. `burst` of them may come at once.
        retry_after_s: What a 429 asks for.
        revoked_at: From when on the key is refused, with `revoked`.
        refusals: The status that a customer always gets.
        altered: Customers whose values the API changes.
        server: What the API calls itself.
        front: What stands in front of it.
    """

    latency_s: float
    spread: float
    trouble: float = 0.0
    troubles: Sequence[int | Fault | str] = ()
    limit: float | None = None
    burst: float = 1.0
    retry_after_s: float | None = None
    outages: Sequence[Outage] = ()
    revoked_at: float = float("inf")
    revoked: int = 401
    refusals: Mapping[str, int] = field(default_factory=dict)
    altered: frozenset[str] = frozenset()
    server: str = ""
    front: Front | None = None

    @property
    def calm(self) -> bool:
        """Whether nothing but the key, a limit, and what the API has against single customers may go wrong."""
        return self.trouble == 0 and not self.outages and self.front is None


@dataclass(frozen=True)
class Fate:
    """What happens to a process: it dies at a step, or is asked to stop at others."""

    dies_at: int | None = None
    stops_at: Sequence[int] = ()


CALM: Final = Climate(latency_s=0.05, spread=0.2)
UNHURT: Final = Fate()

_FAULTS: Final = tuple(fault for fault in Fault if fault not in (Fault.GIVEN_UP, Fault.DEFECT))
_ODD: Final = (102, 202, 204, 302, 400, 404, 405, 408, 409, 422, 425, 429, 500, 502, 503, 504, 599)
_LIES: Final = ("html", "empty", "another customer", "wrong type", "truncated", "undated", "soon")
_REFUSALS: Final = (400, 404, 409, 422, 403, 301)


@dataclass(frozen=True)
class Scenario:
    """A seed, and all that follows from it."""

    seed: int

    def random(self, purpose: str) -> Random:
        """Return a source of randomness of its own for a purpose."""
        return Random(f"{self.seed}/{purpose}")  # noqa: S311 - a simulation

    @property
    def nightly(self) -> bool:
        """Whether it is the same export again and again, of which a part has changed."""
        return self.random("nightly").random() < 0.3

    @property
    def jumps(self) -> float:
        """How often the wall clock jumps, of the times that somebody looks at it."""
        return 0.0005 if self.nightly else 0.02

    def sheet(self, name: str) -> Sequence[Line]:
        """Return the rows of a sheet: few customers, so that sheets overlap; or the one before, a night later."""
        random = self.random(f"sheet {name}")
        if name > "a" and self.nightly:
            return _a_night_later(self.sheet(chr(ord(name) - 1)), name, random)
        lines: list[Line] = []
        size = random.choices((1, 2, 5, 12, 25, 40, 300), (4, 4, 4, 4, 4, 4, 1))[0]
        chosen = random.sample(range(CUSTOMERS if size <= CUSTOMERS else _MANY), size)
        for customer in map(customer_id, chosen):
            values = (f"Given{random.randrange(9)}", f"Family {name}", f"p{random.randrange(99)}.{name}@example.com")
            kind = random.choices(("valid", "invalid", "repeat", "conflict"), (80, 6, 10, 4))[0]
            if kind == "invalid":
                lines.append(Line(0, customer, (*values[:2], "no address"), "invalid"))
                continue
            lines.append(Line(0, customer, values, "invalid" if kind == "conflict" else "valid"))
            if kind == "conflict":
                lines.append(Line(0, customer, ("Other", *values[1:]), "invalid"))
            lines += [Line(0, customer, values, "repeat")] * (random.randint(1, 3) if kind == "repeat" else 0)
        repeats = [line for line in lines if line.kind == "repeat"]
        others = [line for line in lines if line.kind != "repeat"]
        random.shuffle(others)
        return [replace(line, row=row) for row, line in enumerate([*others, *repeats], start=2)]

    def group(self, name: str) -> str:
        """Return the group to which a sheet goes."""
        return GROUPS[self.random(f"group {name}").random() < 0.2]

    def climate(self) -> Climate:
        """Return how the API behaves until it is healed."""
        random = self.random("climate")
        mood = random.choice(("calm", "calm", "shaky", "lying", "limited", "down", "down", "hanging", "all"))
        mood = mood if not self.nightly else random.choice(("calm", "shaky", "hanging"))
        everything = mood == "all"
        troubles: list[int | Fault | str] = []
        troubles += [*_FAULTS, *_ODD] if mood == "shaky" or everything else []
        troubles += [*_LIES] if mood == "lying" or everything else []
        troubles += [Fault.TIMED_OUT, Fault.CONNECTION_LOST] if mood == "hanging" or everything else []
        limited = mood == "limited" or (everything and random.random() < 0.3)
        customers = [customer_id(number) for number in range(CUSTOMERS)]
        return Climate(
            latency_s=random.choice((0.002, 0.05, 0.05, 0.3, 2.0)),
            spread=random.choice((0.0, 0.2, 1.0)),
            trouble=random.choice((0.1, 0.1, 0.3, 0.3) if self.nightly else (0.02, 0.1, 0.3, 0.9)) if troubles else 0.0,
            troubles=random.sample(troubles, random.randint(1, len(troubles))) if troubles else (),
            limit=random.choice((0.5, 3, 10, 100)) if limited else None,
            burst=random.choice((1, 3, 10)),
            retry_after_s=random.choice((None, 1.0, 2.0, 30.0, 500.0)),
            outages=_outages(random) if mood == "down" or everything else (),
            revoked_at=random.uniform(0, 5) if random.random() < 0.12 else float("inf"),
            revoked=random.choice((401, 403, 407)),
            refusals={
                customer: random.choice(_REFUSALS)
                for customer in random.sample(customers, random.choice((0, 0, 0, 2, 6, 40)))
            },
            altered=frozenset(random.sample(customers, random.choice((0, 0, 0, 1, 5)))),
            server=random.choice(("", "gunicorn", "uvicorn/0.30", "nginx")),
            front=self._front(mood),
        )

    def _front(self, mood: str) -> Front | None:
        """Return what stands in front of the API: often nothing."""
        random = self.random("front")
        if mood == "down" or random.random() < 0.6:
            return None
        return Front(
            share=random.choice((0.0, 0.02, 0.1, 0.5)),
            server=random.choice(("nginx/1.22.1", "Varnish", "", "awselb/2.0")),
            covers=random.random() < 0.5,
            again=random.choice((0.0, 0.0, 0.1)),
            changes_at=random.choice((float("inf"), random.uniform(0, 5))),
        )

    def settings(self, name: str) -> dict[str, Any]:
        """Return what a run is given beside its target."""
        random = self.random(f"settings {name}")
        given: dict[str, Any] = {
            "concurrency": random.choice((None, None, 1, 2, 5, 16)),
            "max_attempts": random.choice((1, 3, 5, 5)),
            "chunk_rows": random.choices((5, 5000), (1, 19))[0],
        }
        given |= {"rate": random.choice((0.5, 5.0, 100.0))} if random.random() < 0.15 else {}
        given |= {"max_errors": random.choice(("0", "2", "10%"))} if random.random() < 0.15 else {}
        given |= {"canary": random.randint(1, 4)} if random.random() < 0.15 else {}
        given |= {"strict": True} if random.random() < 0.05 else {}
        skipping = self.random(f"skipping {name}")
        if skipping.random() < (0.9 if self.nightly else 0.1):
            given |= {"skip_unchanged": True, "skip_unchanged_days": skipping.choice((30.0, 30.0, 0.02))}
        return given

    def limit(self, name: str) -> int | None:
        """Return how many rows a run is to send at most."""
        random = self.random(f"limit {name}")
        return random.randint(0, 10) if random.random() < 0.1 else None

    def fate(self, process: int) -> Fate:
        """Return what happens to a process."""
        random = self.random(f"fate {process}")
        chance = random.random()
        if chance < 0.45:
            return Fate(dies_at=int(4 ** random.uniform(0, 4.7)))
        if chance < 0.65:
            first = int(4 ** random.uniform(0, 4.2))
            return Fate(stops_at=(first, first + random.randint(0, 30)) if random.random() < 0.4 else (first,))
        return UNHURT


def _a_night_later(lines: Sequence[Line], name: str, random: Random) -> Sequence[Line]:
    """Return the rows of a sheet as they are when some of its customers have changed, or changed back."""
    changed = {
        line.customer: (line.values[0], f"Family {random.choice((name, 'a'))}", line.values[2])
        for line in lines
        if line.kind == "valid" and random.random() < 0.3
    }
    return [
        line if line.kind == "invalid" else replace(line, values=changed.get(line.customer, line.values))
        for line in lines
    ]


def customer_id(number: int) -> str:
    """Return the id of a customer."""
    return str(uuid.UUID(int=number, version=4))


NOBODY: Final = customer_id(_MANY)
"""A customer that no sheet has: an answer for it is an answer for another one, whatever was sent."""


def _outages(random: Random) -> Sequence[Outage]:
    """Return one or two outages, some of them longer than is waited for."""
    found, start_s = [], random.choice((0.0, 0.0, random.uniform(0, 3)))
    kinds: Sequence[Sequence[int | Fault]] = (
        (503,),
        (500, 502, 504),
        (Fault.CONNECTION_REFUSED,),
        (Fault.TIMED_OUT,),
        (Fault.CONNECTION_LOST, 502),
        (Fault.NAME_NOT_RESOLVED, Fault.UNREACHABLE, Fault.CONNECT_TIMED_OUT),
    )
    for _ in range(random.randint(1, 2)):
        end_s = start_s + random.choice((2.0, 20.0, 45.0, 400.0))
        found.append(Outage(start_s, end_s, random.choice(kinds)))
        start_s = end_s + random.uniform(1, 30)
    return found
