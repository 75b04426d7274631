"""What is said with `-q`, once the exit code is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from importer.cli.screen.one_line import OneLine


@pytest.mark.parametrize(
    ("causes", "beside", "well", "told"),
    [
        ((), (), False, []),
        ((), (), True, []),
        (("a.csv: 1 of 2.\n  Do: x",), (), False, ["a.csv: 1 of 2. Do: x"]),
        (("Do: x",), ("Run k3 is unfinished: y", "Note: z."), False, ["Do: x (Run k3 is unfinished: y) (Note: z.)"]),
        (("Error: a.", "Error: b."), (), False, ["Error: a. Error: b."]),
        ((), ("Note: z.", "Warning: w."), False, ["Note: z. Warning: w."]),
        ((), ("Note: z.", "Warning: w."), True, ["Note: z.", "Warning: w."]),
    ],
)
def test_where_something_is_wrong_there_is_one_line(
    causes: Sequence[str], beside: Sequence[str], told: Sequence[str], *, well: bool
) -> None:
    """What is no cause of it is in brackets, so that the command before it can be copied."""
    line = OneLine()
    for text in beside:
        line.mention(text)
    for text in causes:
        line.say(text)
    assert line.lines(well=well) == told
