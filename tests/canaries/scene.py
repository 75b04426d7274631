"""The real command, run on a sheet of canaries with a canary for a key, and all that it leaves behind or lets see."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.canaries.canaries import DOMAIN, FIRST_NAME, KEY, LAST_NAME, LOCAL_PART
from tests.scene import CommandScene, Values

GOOD: Final = (FIRST_NAME, LAST_NAME, f"{LOCAL_PART}@{DOMAIN}")
_PATIENCE_S: Final = 60


def magic(word: str) -> Values:
    """Return values whose address makes the embedded API misbehave, in a domain that is a canary."""
    return (FIRST_NAME, LAST_NAME, f"sandbox+{word}@{DOMAIN}")


INVALID: Final[Sequence[Values]] = (
    (FIRST_NAME, LAST_NAME, f"{LOCAL_PART} at {DOMAIN}"),
    (FIRST_NAME, LAST_NAME, f"{LOCAL_PART}@@{DOMAIN}"),
    (FIRST_NAME, LAST_NAME, f"{LOCAL_PART}@{DOMAIN}.invalid"),
    (FIRST_NAME, LAST_NAME, f"{LOCAL_PART}.ñ@{DOMAIN}"),
    (f"{FIRST_NAME}\ufffd", LAST_NAME, f"{LOCAL_PART}@{DOMAIN}"),
    (FIRST_NAME, f"{LAST_NAME}\x1b{LAST_NAME}", f"{LOCAL_PART}@{DOMAIN}"),
    (f"{FIRST_NAME}\u200b", f"{LAST_NAME}\0", f"{LOCAL_PART}@{DOMAIN}"),
    (FIRST_NAME * 20, LAST_NAME * 20, f"{LOCAL_PART}@{DOMAIN}"),
    ("", LAST_NAME, f"'={LOCAL_PART}@{DOMAIN}"),
)
"""What is refused before anything is sent, for one reason each at least."""


@dataclass(frozen=True)
class Said:
    """What a process printed, and what any user could see of it and its children while it ran."""

    code: int
    printed: bytes
    seen: bytes


@dataclass(kw_only=True)
class CanaryScene(CommandScene):
    """A scene with a home and a place for temporary files of its own, whose key and people are canaries.

    Attributes:
        base_url: Where it sends to.
    """

    base_url: str = "http://127.0.0.1:9"
    variables: dict[str, str] = field(default_factory=lambda: {"IMPORTER_API_KEY": KEY})

    def __post_init__(self) -> None:
        for name in ("home", "tmp", "state"):
            (self.folder / name).mkdir(parents=True)

    @property
    def log(self) -> Path:
        """The log file."""
        return self.folder / "log.jsonl"

    @property
    def run(self) -> Sequence[str]:
        """The command that sends the sheet, with everything that can be logged."""
        return (*self.sending_to(self.base_url), "--log-file", str(self.log))

    def write(self, *rows: Values, ids: Callable[[int], str] = "{:08x}-0000-4000-8000-000000000000".format) -> None:
        """Write the sheet, a customer of its own for each row."""
        self.write_sheet((ids(number), *values) for number, values in enumerate(rows, start=1))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin the command, with a key that is a canary."""
        places = {"HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp")}
        quick = {"IMPORTER_BACKOFF": "0.05", "IMPORTER_MAX_ATTEMPTS": "2", "IMPORTER_TIMEOUT": "2"}
        return self.begin(*arguments, variables=places | quick)

    def do(self, *arguments: str) -> Said:
        """Run the command to its end, and look at the list of processes meanwhile."""
        process = self.start(*arguments)
        with _looked_at(process.pid) as seen:
            out, err = process.communicate(timeout=_PATIENCE_S)
        return Said(process.returncode, out + err, b"".join(seen))

    def kill_when(self, reached: Callable[[], bool], *arguments: str) -> None:
        """Run a command and kill it once something is reached."""
        process = self.start(*arguments)
        waiting = threading.Event()
        for _ in range(_PATIENCE_S * 50):
            if reached():
                break
            waiting.wait(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=_PATIENCE_S)
        assert process.returncode == -signal.SIGKILL


@contextmanager
def _looked_at(pid: int) -> Iterator[set[bytes]]:
    """Look at what the list of processes shows of a process, its threads and its children, as long as the block runs.

    The environment of a process is not part of that: only its owner can read it.
    """
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        for one in _family(pid):
            seen.update(_shown(Path("/proc") / str(one)))

    def look_on() -> None:
        while not done.wait(0.02):
            look()

    look()  # on a busy machine it may be over before the thread comes to it
    looking = threading.Thread(target=look_on)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in _listed(Path(f"/proc/{pid}/task")):
        for child in _read(task / "children").split():
            yield from _family(int(child))


def _shown(process: Path) -> Iterator[bytes]:
    yield _read(process / "cmdline")
    for task in _listed(process / "task"):
        yield _read(task / "comm")


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # it has ended
        return []


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended
        return b""
