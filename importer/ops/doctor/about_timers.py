"""What begins tonight's run by itself: whether it will, and whether it finds at night what is here now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from importer.ops.doctor.finding import Finding, Value, fine, warning, wrong
from importer.ops.doctor.timer_look import SeenTimer, TimerLook
from importer.ops.schedule.at_night import left_behind
from importer.phrases import listed
from importer.reports.saying.figures import counted

_MOST_TOLD: Final = 2


def about_timers(look: TimerLook, profile: str | None, environment: Mapping[str, str], user: str) -> Finding:
    """Return what is to be said of what begins runs by itself; nothing at all is no fault.

    Args:
        look: What was seen of it.
        profile: Only what is for this one counts; None for all.
        environment: The variables that are not empty, by their names in capitals.
        user: This user's name.
    """
    timers = [timer for timer in look.timers if profile is None or timer.is_of(profile)]
    others = len(look.timers) - len(timers)
    values: dict[str, Value] = {
        "timers": [_id(timer) for timer in timers],
        "next_at": next((timer.next_at for timer in timers if timer.next_at), None),
        "last_at": next((timer.last_at for timer in timers if timer.last_at), None),
    }
    whose = f" for profile {profile}" if profile else ""
    of_others = f" ({counted(others, 'other')})" if others else ""
    if not timers:
        return fine("schedule", f"none{whose}: no timer of systemd, no line of cron{of_others}", **values)
    told = "; ".join(_told(timer) for timer in timers[:_MOST_TOLD])
    further = f"; and {len(timers) - _MOST_TOLD:,} more" if len(timers) > _MOST_TOLD else ""
    found = f"{told}{further}{of_others}"
    fault, to_do = _fault(timers, look, user)
    if fault:
        return wrong("schedule", f"{found}: {fault}", to_do, **values)
    failed = next((timer for timer in timers if timer.result not in ("", "success")), None)
    if failed is not None:
        return warning("schedule", found, "See what became of it: importer show", **values)
    return _with_variables(found, environment, values)


def _with_variables(found: str, environment: Mapping[str, str], values: dict[str, Value]) -> Finding:
    """Return a finding that names the variables of this shell that are not there at night."""
    here = left_behind(environment)
    if not here:
        return fine("schedule", found, **values)
    what = f"{listed(here)} of this shell {'is' if len(here) == 1 else 'are'} not there at night"
    to_do = "Put what should hold then into the settings file; a proxy, at the head of the crontab or into the unit."
    return warning("schedule", f"{found}; {what}", to_do, **values)


def _fault(timers: Sequence[SeenTimer], look: TimerLook, user: str) -> tuple[str, str]:
    """Return why nothing will begin, and what to do; "" where it will."""
    asleep = next((timer for timer in timers if not timer.is_active), None)
    if asleep is not None:
        systemctl = "systemctl --user" if asleep.by.endswith("--user") else "systemctl"
        return (
            f"importer-{asleep.name}.timer is not active",
            f"`{systemctl} enable --now importer-{asleep.name}.timer`.",
        )
    if any(timer.by == "cron" for timer in timers) and look.is_cron_running is False:
        return "cron is not running", "Have the machine start it, as with `systemctl enable --now cron`."
    if any(timer.by == "systemd --user" for timer in timers) and not look.is_lingering:
        return (
            f"the systemd of {user} ends when {user} logs out",
            f"Let it go on without: `loginctl enable-linger {user}`.",
        )
    return "", ""


def _id(timer: SeenTimer) -> str:
    return f"cron {timer.name}".rstrip() if timer.by == "cron" else f"importer-{timer.name}.timer"


def _told(timer: SeenTimer) -> str:
    """Return in a few words what begins a run, and when."""
    if timer.by == "cron":
        return f"cron {timer.name or 'by hand'}, {timer.when}"
    next_at = f", next {timer.next_at}" if timer.next_at else ""
    ended = "" if timer.result in ("", "success") else f", {timer.result.replace('-', ' ')}"
    code = f" {timer.status}" if ended and timer.status is not None else ""
    last_at = f", last {timer.last_at}{ended}{code}" if timer.last_at else ", not begun so far"
    return f"{timer.by} {timer.name}{next_at}{last_at}"
