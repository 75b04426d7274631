"""A process that is forked from one that has imported its program, and is else what `subprocess.Popen` starts."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, AnyStr, Final

from tests.forking.asking import Request, server_of

_RESTORED: Final = frozenset({signal.SIGPIPE, signal.SIGXFSZ})
"""What Python ignores from its start on, and `Popen` does not let others inherit."""
_READ_AT_THE_START: Final = ("PYTHON", "LC_", "LANG", "TZ")
_START: Final = inspect.signature(vars(subprocess.Popen)["_execute_child"])
_USUAL: Final[Mapping[str, object]] = {
    "executable": None, "preexec_fn": None, "close_fds": True, "pass_fds": (), "shell": False, "gid": None,
    "gids": None, "uid": None, "umask": -1, "process_group": -1,
}  # fmt: skip
"""What a fork cannot have otherwise."""


class Forked(subprocess.Popen[AnyStr]):
    """A process of a program, which this one has for a child, as if it had been started.

    What is asked of it is what is asked of `Popen`, which also does all but the start itself: pipes, waiting, signals,
    how it ended. Its command is the name of a program (`tests.forking.programs`) and the program's arguments. What a
    Python finds out before its program begins is as it is here: encodings, warnings, the seed of hashes.

    Args:
        stopped: Whether it stops (SIGSTOP) before the first line of the program.

    Raises:
        ValueError: It was asked for what only a process that is started can have.
    """

    def __init__(self, command: Sequence[str], *, stopped: bool = False, **more: Any) -> None:  # noqa: ANN401 - Popen's own
        self._stopped: Final = stopped
        super().__init__(command, **more)

    def _execute_child(self, *given: object) -> None:
        """Fork, in the place of the one method of `Popen` that starts; it is called once the pipes are there."""
        asked: Mapping[str, Any] = _START.bind(self, *given).arguments
        environment = dict(os.environ if asked["env"] is None else asked["env"])
        _refuse(asked, environment)
        program, *arguments = asked["args"]
        ends = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        request = Request(
            arguments=[str(argument) for argument in arguments],
            environment=environment,
            folder=str(asked["cwd"] or os.getcwd()),  # noqa: PTH109 - as text
            session=asked["start_new_session"],
            ignored=_ignored(),
            blocked=sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
            stopped=self._stopped,
        )
        streams = {number: end for number, end in enumerate(ends) if end != -1}
        inherited = {number: number for number in range(len(ends)) if number not in streams and _is_inherited(number)}
        self.pid = server_of(program).fork(request, streams | inherited)
        vars(self)["_child_created"] = True  # so that its end is waited for
        ours = (asked["p2cwrite"], asked["c2pread"], asked["errread"])
        of_pipes = {end for end, our in zip(ends, ours, strict=True) if our != -1}
        for end in of_pipes | {vars(self).get("_devnull", -1)} - {-1}:
            os.close(end)


def _refuse(asked: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Refuse what cannot be had by forking, rather than do something else."""
    for name, usual in _USUAL.items():
        if asked[name] != usual:
            raise ValueError(f"a fork has no {name} of its own")
    for name in {*environment, *os.environ}:
        if name.startswith(_READ_AT_THE_START) and environment.get(name) != os.environ.get(name):
            raise ValueError(f"Python reads {name} when it starts: a fork has what it was then")


def _ignored() -> list[int]:
    """Return the signals that a process that is started would ignore."""
    return sorted(number for number in signal.valid_signals() - _RESTORED if signal.getsignal(number) is signal.SIG_IGN)


def _is_inherited(descriptor: int) -> bool:
    try:
        return os.get_inheritable(descriptor)
    except OSError:  # it is closed
        return False
