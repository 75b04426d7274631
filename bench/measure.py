"""Running the command under test and measuring it from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

IMPORTER = (sys.executable, "-m", "importer")
READ_AND_CHECK = (sys.executable, "-m", "bench.reading")
READ = (*READ_AND_CHECK, "--unchecked")
READ_WITH_PANDAS = (
    sys.executable,
    "-c",
    "import pandas, sys; pandas.read_excel(sys.argv[1], engine='openpyxl')",
)
TARGET = ("--group-id", "11111111-2222-4333-8444-555555555555", "--linked-account-id", "bench", "--yes")


MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
SLOW_MS = 5

_SLOW = f"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fdatasync(int file)
{{
    static int (*real)(int);
    if (!real)
        real = dlsym(RTLD_NEXT, "fdatasync");
    usleep({SLOW_MS} * 1000);
    return real(file);
}}
"""


@dataclass(frozen=True)
class Measured:
    """What a process cost."""

    seconds: float
    peak_mb: float
    exit_code: int
    processor_s: float


def measured(command: Sequence[str], *, folder: Path, cwd: Path | None = None, **variables: str) -> Measured:
    """Run a command to its end, with a journal of its own in `folder` and these variables, and return what it cost.

    It works in this process's folder, or in `cwd`. What it prints is in `output.txt` in `folder`.
    """
    environment = os.environ | {
        "IMPORTER_API_KEY": "bench-key",
        "IMPORTER_STATE_DIR": str(folder / "state"),
        "IMPORTER_OUTPUT": str(folder / "reports"),
        **variables,
    }
    started = time.perf_counter()
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # whoever ends the measuring ends what is measured
            process.kill()
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    return Measured(seconds, usage.ru_maxrss / 1024, process.returncode, usage.ru_utime + usage.ru_stime)


def write_rows(path: Path, rows: int, *, bare: bool = False) -> None:
    """Write a CSV file of so many valid rows, each for a customer of its own.

    A `bare` one has nothing but the fields, by their own names, as a script reads them.
    """
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "customer_id,first_name,last_name,email\n" if bare else "Customer ID,First Name,Last Name,Email,Note\n"
        )
        for number in range(rows):
            customer = uuid.UUID(int=(number + 1) * 0x9E3779B97F4A7C15 % 2**64 << 64 | number, version=4)
            note = "" if bare else f",row {number}"
            file.write(f"{customer},{_name(number)},{_name(number // 7)},person{number}@example.com{note}\n")


def write_bytes(path: Path, repeated: bytes, size: int) -> None:
    """Write a CSV file of about so many bytes, which are the same ones again and again below a header."""
    header = b"customer_id,email,first_name,last_name\n"
    path.write_bytes(header + repeated * ((size - len(header)) // len(repeated)))


def write_workbook(source: Path, path: Path) -> None:
    """Write a CSV file's cells into a workbook."""
    import csv  # noqa: PLC0415 - only here

    import openpyxl  # noqa: PLC0415 - the same

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Changes")
    with source.open(encoding="utf-8", newline="") as file:
        for cells in csv.reader(file):
            sheet.append(cells)
    book.save(path)


def _name(number: int) -> str:
    """Return an invented name without a digit."""
    letters = ""
    while number or not letters:
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
    return f"N{letters}"


def slow_disk(folder: Path) -> Path | None:
    """Return a library that makes each fdatasync of a process slower; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    code, library = folder / "slow.c", folder / "slow.so"
    code.write_text(_SLOW)
    subprocess.run((compiler, "-shared", "-fPIC", "-o", str(library), str(code), "-ldl"), check=True)
    return library


def sandbox(*options: str) -> AbstractContextManager[str]:
    """Yield the base URL of an embedded API in a process of its own, which accepts any customer."""
    return _serving(*IMPORTER, "sandbox", *options)


def instant(*certificate: str) -> AbstractContextManager[str]:
    """Yield the base URL of an API that answers at once; over TLS with the files of a certificate and its key."""
    return _serving(sys.executable, "-m", "bench.instant", *certificate)


@contextmanager
def _serving(*command: str) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
