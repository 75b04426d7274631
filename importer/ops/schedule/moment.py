"""When a run begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from importer.errors import SettingsError

_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the machine's own clock, every day, or from Monday to Friday.

    Attributes:
        hour: 0 to 23.
        minute: 0 to 59.
        weekdays: Not on Saturdays and Sundays.
    """

    hour: int
    minute: int
    weekdays: bool = False

    @classmethod
    def parse(cls, text: str, *, weekdays: bool = False) -> Self:
        """Return the moment of a time such as `06:15`.

        Raises:
            SettingsError: It is no time.
        """
        found = _TIME.fullmatch(text.strip())
        if found is None:
            raise SettingsError(
                f"{'--weekdays' if weekdays else '--daily'} cannot be used: it must be a time from 00:00 to 23:59.",
                code="bad_setting",
                hint="It is written as in --daily 06:15, by the clock of this machine.",
            )
        return cls(int(found[1]), int(found[2]), weekdays)

    @property
    def calendar(self) -> str:
        """As systemd.time(7) has it.

        Example: `Moment(6, 15, True).calendar` is `"Mon..Fri *-*-* 06:15:00"`.
        """
        return f"{'Mon..Fri ' if self.weekdays else ''}*-*-* {self.hour:02}:{self.minute:02}:00"

    @property
    def fields(self) -> str:
        """As crontab(5) has it.

        Example: `Moment(6, 15, True).fields` is `"15 6 * * 1-5"`.
        """
        return f"{self.minute} {self.hour} * * {'1-5' if self.weekdays else '*'}"

    def __str__(self) -> str:
        return f"{'Monday to Friday' if self.weekdays else 'every day'} at {self.hour:02}:{self.minute:02}"
