"""What `run` and `check` share: a job with a person, or cron, looking on."""

from __future__ import annotations

import gc
import getpass
import random
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from importer.cli.chosen_runs import migration_note
from importer.cli.given import Manner
from importer.cli.screen.console import answer, steady, tell
from importer.cli.screen.next_commands import here, use_profile
from importer.cli.screen.observer import Watch
from importer.cli.screen.one_line import OneLine
from importer.cli.screen.progress import Show
from importer.cli.screen.question import nobody_to_ask
from importer.cli.screen.result import result_line
from importer.cli.screen.signals import stopping_on_signals
from importer.cli.screen.terminal import Terminal
from importer.cli.screen.urgency import Urgency
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.wires import Wire, chosen
from importer.errors import SettingsError
from importer.log import open_log
from importer.model.exit_codes import ExitCode
from importer.phrases import listed
from importer.reports.summary.summary_json import as_json
from importer.settings import ENV_PREFIX, Settings
from importer.story.ahead import LARGE_BYTES
from importer.story.job import Job
from importer.story.order import Finished, Order, World

_ID_CHARACTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another."""
_ID_LENGTH: Final = 8
_URGENT: Final = {
    "error": partial(tell, urgency=Urgency.ERROR),
    "warning": partial(tell, urgency=Urgency.WARNING),
}
"""How lines of the log are printed that are more than news."""
_ERRORS_ALONE: Final = 2
"""So often `-q` is given by who wants to hear of nothing else."""


def perform(order: Order, settings: Settings, manner: Manner, go: Callable[[Job], Finished] = Job.run) -> int:
    """Do a job, show how it goes and what came of it, and return the exit code.

    Args:
        order: What is asked for.
        settings: What it runs with.
        manner: How to talk.
        go: What to do with the job.
    """
    use_profile(settings.profile)
    gc.freeze()  # what is imported by now stays to the end: nothing of it is looked through for cycles any more
    wire = chosen(settings.wire, settings.concurrency)
    for warning in settings.warnings():
        warn(warning, manner)
    switch = StopSwitch()
    terminal = Terminal.find()
    asked = None if manner.yes else terminal
    show = screen(manner, asks=asked is not None)
    log = open_log(echo=tell if manner.verbose else None, file=manner.log_file, urgent=_URGENT)
    told = not manner.quiet or steady(sys.stderr).isatty()
    with stopping_on_signals(switch, show.stopping, told=told) as signals, show:
        watch = Watch(order, show=show, log=log, switch=switch, signals=signals, terminal=asked, wire=wire.name)

        def migrating(path: Path, rows: int) -> None:
            log.info("migrating", journal=str(path), rows=rows, said=True)
            show.line(migration_note(path, rows))

        world = replace(real_world(wire, attended=terminal is not None), migrating=migrating)
        finished = go(Job(order, settings, observer=watch, switch=switch, world=world))
    printed = tell_result(finished, show, manner)
    is_news = finished.exit_code or not finished.summary.source.rows  # an export that came out empty is some, too
    if manner.quiet == 1 and is_news and finished.error is None:
        OneLine.of_command().say(result_line(finished.summary, finished.steps))
    return finished.exit_code if printed else ExitCode.FAILED


def warn(text: str, manner: Manner) -> None:
    """Say of something that it is unwise, though it works, but to those who want to hear of errors alone."""
    if manner.quiet < _ERRORS_ALONE:
        (OneLine.of_command().mention if manner.quiet else tell)(f"Warning: {text}")


def expect_all(settings: Settings, manner: Manner, missing: Sequence[str] = ()) -> None:
    """Make sure, before anything is read, that a command has all that it takes to send.

    Args:
        settings: What it runs with.
        manner: Says whether it is to ask, which takes a terminal.
        missing: Where to send to, as far as nobody has said it: rows may say it themselves.

    Raises:
        SettingsError: Something is missing; the message names all of it.
    """
    errors = []
    try:
        settings.key()
    except SettingsError as error:
        errors.append(error)
    if not manner.yes and Terminal.find() is None:
        errors.append(nobody_to_ask())
    if errors and missing:
        errors.append(_no_place(missing))
    if errors:
        message = " And ".join([errors[0].message, *(_begun_small(error.message) for error in errors[1:])])
        raise SettingsError(message, code=errors[0].code, hint=" ".join(error.hint for error in errors)) from errors[0]


def _no_place(missing: Sequence[str]) -> SettingsError:
    names = listed([name.removesuffix("_id").replace("_", " ") for name in missing])
    options = listed([f"--{name.replace('_', '-')}" for name in missing])
    variables = listed([f"{ENV_PREFIX}{name.upper()}" for name in missing])
    return SettingsError(
        f"Nothing says which {names} to send to, unless each row does.",
        code="target_missing",
        hint=f"Give {options} (or {variables}), or have columns of these names in the sheet.",
    )


def _begun_small(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def screen(manner: Manner, *, asks: bool = False) -> Show:
    """Return what shows how something goes, and what came of it; whoever is asked must know the news before."""
    return Show(
        stream=steady(sys.stderr),
        quiet=manner.quiet > 0,
        bar=not manner.verbose,
        silent=manner.quiet >= _ERRORS_ALONE,
        later=OneLine.of_command().mention if manner.quiet and not asks else None,
        clock=time.monotonic,
    )


def tell_result(finished: Finished, show: Show, manner: Manner) -> bool:
    """Print what came of a run, and return whether that was possible."""
    say = OneLine.of_command().say if manner.quiet else tell
    if finished.error is not None:
        say(here(f"Error: {finished.error.message}\n  {finished.error.hint}"))
    printed = True
    if manner.as_json:
        printed = answer(as_json(finished.summary, one_line=True), data=True)
    elif not manner.quiet:
        printed = show.result(finished.summary, finished.steps, full=manner.verbose)
    for note in finished.notes:
        show.notice(f"Note: {note}")
    if not printed:
        where = finished.summary.reports.get("summary", "the journal")
        say(f"Error: The result could not be printed.\n  It is in {where}.")
    return printed


def real_world(wire: Wire, *, attended: bool = False) -> World:
    """Return this machine's clocks, randomness and network; `attended` says whether a person is there."""
    return World(
        wall=time.time,
        clock=time.monotonic,
        sleep=time.sleep,
        uniform=random.random,
        run_id=lambda: "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH)),
        engine=wire.engine,
        ceiling=wire.ceiling,
        files_each=wire.files_each,
        user=_user(),
        attended=attended,
        large_bytes=LARGE_BYTES,
    )


def _user() -> str:
    """Return the name of the user; "" where the system knows none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
