"""The journal and the key of its digests: sound, of this version, and fitting each other."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from importer.errors import JournalError
from importer.journal.lasting.journal_look import JournalLook, Soundness
from importer.journal.private.digests import Digester
from importer.ops.doctor.about_state import told_bytes
from importer.ops.doctor.finding import Finding, Value, fine, warning, wrong

_BACK: Final = "put a backup back (docs/operating.md, Backups)"
_DAMAGED: Final = f"Move the file away, but keep it, and {_BACK}; or let a run make a new one, which knows of nothing."
_FOREIGN: Final = "Move it away, or name another state directory with --state."
_UNREADABLE: Final = "See that you may read and write it, or name another state directory with --state."


def about_journal(path: Path, look: JournalLook | None, *, size: int, is_own: bool, longest_s: float) -> Finding:
    """Return what is to be said of the journal.

    Args:
        path: Its file.
        look: What was seen of it; None where there is none.
        size: In bytes, with its log.
        is_own: Whether this user owns it, or may do everything.
        longest_s: So many seconds its pages were checked for at most.
    """
    if look is None:
        return fine("journal", "none yet", path=str(path), bytes=0, schema=None, quick_check=None)
    values: dict[str, Value] = {"path": str(path), "bytes": size, "schema": look.schema, "quick_check": look.soundness}
    fault, to_do = _fault(look, is_own=is_own)
    if fault:
        return wrong("journal", f"{path} {fault}", to_do, **values)
    if look.soundness in _UNKNOWN:
        reason, to_do = _UNKNOWN[look.soundness]
        return warning("journal", f"{path} {reason}", to_do, **values)
    sound = "sound" if look.soundness is Soundness.SOUND else f"sound as far as was seen in {longest_s:g} s"
    older = look.schema is not None and look.schema < look.known
    newer = ", of an older version: the next command brings it up to date" if older else ""
    return fine("journal", f"{sound}, {told_bytes(size)}{newer}", **values)


def _fault(look: JournalLook, *, is_own: bool) -> tuple[str, str]:
    """Return why no run can use it, and what to do; "" where one can."""
    if look.schema is not None and look.schema > look.known:
        return "was written by a newer version of the importer", "Use that version, or another state directory."
    if look.soundness is Soundness.DAMAGED:
        return "is damaged", _DAMAGED
    if look.soundness is Soundness.FOREIGN:
        return "is the database of another application", _FOREIGN
    if look.soundness is Soundness.UNREADABLE:
        return f"cannot be read: {look.reason}", _UNREADABLE
    if not is_own:
        return "is another user's", _UNREADABLE
    return "", ""


_UNKNOWN: Final = {
    Soundness.HELD: ("is held by another process just now, and was not looked at", "Look again in a moment."),
    Soundness.LOG_ALONE: (
        "has a log without its index, as after a power cut, and was not looked at: that would change it",
        "Take the log in first: importer history",
    ),
}


def about_digests(path: Path, look: JournalLook | None, key: Digester | JournalError | None) -> Finding:
    """Return what is to be said of the key of the digests.

    Args:
        path: Its file.
        look: What was seen of the journal; None where there is none.
        key: The key, or why it cannot be used; None where there is none.
    """
    newest = look.newest_key if look is not None else None
    matches = None if newest is None or not isinstance(key, Digester) else key.fingerprint == newest
    values: dict[str, Value] = {"path": str(path), "is_there": key is not None, "matches_newest_run": matches}
    if isinstance(key, JournalError):
        return wrong("digests", key.message.removesuffix("."), key.hint, **values)
    if key is None:
        if look is None:
            return fine("digests", "no key yet; the first run makes one", **values)
        return warning("digests", f"their key {path} is gone{_COMPARED}", _KEY_BACK, **values)
    if matches is False:
        return warning("digests", f"their key {path} is not that of the newest run{_COMPARED}", _KEY_BACK, **values)
    of_newest = ", and is that of the newest run" if matches else ""
    return fine("digests", f"their key is there{of_newest}", **values)


_COMPARED: Final = ": what was confirmed can no longer be compared, and --skip-unchanged sends everything again"
_KEY_BACK: Final = "Put the key back that was backed up beside the journal (docs/operating.md, Backups)."
