"""What a person may give as a source that is no file with a table, and the one sentence that helps."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from importer.errors import SourceError

_ADDRESS: Final = re.compile(
    r"(?:.*/)?(?:view-source:)?(https?|ftps?|sftp|s3|gs|webdavs?|dropbox|file):/+([^/?#]*)", re.IGNORECASE | re.DOTALL
)
"""An address on the web, of which a path has lost a slash, and perhaps got a folder before it."""
_LINKS: Final = (".gsheet", ".url", ".webloc")
_OF_GOOGLE: Final = "in Google Sheets: File, Download, Microsoft Excel (.xlsx)"
_GOOGLE: Final = ("docs.google.com", "drive.google.com", "sheets.google.com")
_OF_EXCEL: Final = re.compile(r"~\$(.+\.(?:xl[a-z]{1,2}|ods|csv))", re.IGNORECASE)
_OF_LIBREOFFICE: Final = re.compile(r"\.~lock\.(.+)#")
_OF_MACOS: Final = re.compile(r"\._(.+)", re.DOTALL)
_APPLE_DOUBLE: Final = b"\x00\x05\x16\x07"
_LARGEST_LOCK: Final = 1_024
"""Excel's has 165 bytes."""
_ARCHIVE: Final = b"PK"
_PATTERN: Final = re.compile(r"[*?\[]")
_MOST_NEIGHBOURS: Final = 2_000
_NEAR: Final = 0.75
"""How alike two names must be, of 1, to be worth suggesting."""
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_PATH: Final = "Give the path of a CSV file or a workbook"
_KINDS: Final = (
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


def expect_file(path: Path, *, code: str = "not_a_file") -> None:
    """Raise `SourceError` where a path is not that of a file that may hold a table, and say what to do instead.

    Args:
        path: As it was given, perhaps made absolute; standard input is none of its business.
        code: Of the error where something else than a file is there.

    Raises:
        SourceError: There is nothing (`source_missing`, `web_address`), what is there is a folder, a pipe or the like,
            or a file that a spreadsheet program keeps beside an open workbook (`lock_file`).
        OSError: Nobody can tell what is there.
    """
    locked = _locked_by(path) or _half_of_macos(path)
    try:
        mode = path.stat().st_mode
    except OSError as error:  # a link may be longer than any name
        if match := _ADDRESS.match(str(path)):
            raise _on_the_web(match[1].lower(), match[2]) from error
        if isinstance(error, FileNotFoundError):
            raise (locked or _missing(path)) from error
        raise
    if locked is not None and (_is_lock(path) or _OF_MACOS.fullmatch(path.name)):
        raise locked
    if path.suffix.lower() in _LINKS:
        raise SourceError(
            f"{path.name} is only a link to a table on the web.",
            code="web_address",
            hint=f"Download it first ({_OF_GOOGLE}), and give the file.",
        )
    if not stat.S_ISREG(mode):
        message, hint = _something_else(path, mode)
        raise SourceError(f"{message}, and not a file.", code=code, hint=hint)


def is_file(path: str) -> bool:
    """Return whether there is a file; what cannot be a path at all is none."""
    with suppress(OSError, ValueError):
        return Path(path).is_file()
    return False


def is_folder(path: str) -> bool:
    """Return whether there is a folder; what cannot be a path at all is none."""
    with suppress(OSError, ValueError):
        return Path(path).is_dir()
    return False


def shown_path(path: str) -> str:
    """Return a path as it is typed into a shell, in double quotation marks where it needs some.

    Example: `shown_path("my folder/a b.csv")` is `'"my folder/a b.csv"'`.
    """
    path = f"./{path}" if path.startswith("-") and len(path) > 1 else path
    quoted = shlex.quote(path)
    return quoted if quoted == path or re.search(r'["$`\\!]', path) else f'"{path}"'


def near(path: str) -> str:
    """Return a path as it is typed in the current folder, without quotation marks; one outside of it as it is."""
    with suppress(ValueError, OSError):
        inside = str(Path(path).relative_to(Path.cwd()))
        return f"./{inside}" if inside.startswith("-") else inside
    return path


def _locked_by(path: Path) -> SourceError | None:
    """Return the error of a file that a program keeps beside one that it has open; None for other names."""
    for program, form in (("Excel", _OF_EXCEL), ("LibreOffice", _OF_LIBREOFFICE)):
        if match := form.fullmatch(path.name):
            return SourceError(
                f"{path.name} is no table: {program} keeps it beside {match[1]} as long as that is open.",
                code="lock_file",
                hint=f"Save and close {match[1]}, and give that: {shown_path(str(path.with_name(match[1])))}",
            )
    return None


def _half_of_macos(path: Path) -> SourceError | None:
    """Return the error of a file with what macOS knows of another one, on disks of other systems; None for others."""
    match = _OF_MACOS.fullmatch(path.name)
    if match is None or not _starts_with(path, _APPLE_DOUBLE):
        return None
    return SourceError(
        f"{path.name} is no table: macOS keeps it beside {match[1]}, with what the system knows of that.",
        code="lock_file",
        hint=f"Give the file itself: {shown_path(str(path.with_name(match[1])))}",
    )


def _starts_with(path: Path, signature: bytes) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(signature)) == signature
    return False


def _is_lock(path: Path) -> bool:
    """Return whether a file of such a name is what that says: a table has lines, or is an archive."""
    with suppress(OSError), path.open("rb") as file:
        start = file.read(_LARGEST_LOCK + 1)
        # Bytes of Excel's that say how long the user's name is may be line ends by chance.
        is_text = b"\n" in start[1:] and b"\0" not in start
        return len(start) <= _LARGEST_LOCK and not start.startswith(_ARCHIVE) and not is_text
    return True


def _missing(path: Path) -> SourceError:
    return SourceError(f"There is no file {path}.", code="source_missing", hint=_found_instead(path))


def _on_the_web(scheme: str, host: str) -> SourceError:
    if scheme == "file":
        return SourceError(
            "An address that begins with file: is no path.",
            code="web_address",
            hint=f"{_PATH} as the system writes it: /home/… or a name in this folder.",
        )
    how = _OF_GOOGLE if host.lower() in _GOOGLE else "as .xlsx or .csv"
    return SourceError(
        f"What is given is an address on the web ({host or scheme}), and not a file on this machine.",
        code="web_address",
        hint=f"Download it first ({how}), and give the file.",
    )


def _found_instead(path: Path) -> str:
    """Return what may be meant by a path at which there is nothing."""
    parts = path.parts
    with suppress(OSError, RuntimeError):
        if "~" in parts and (home := Path("~", *parts[parts.index("~") + 1 :]).expanduser()).exists():
            return f"A shell replaces ~ only outside of quotation marks: give {shown_path(str(home))}"
    if _PATTERN.search(path.name):
        return "Nothing in that folder fits the pattern. Look at the spelling, and give one file at a time."
    names = {_stem(name): name for name in islice(_neighbours(path.parent), _MOST_NEIGHBOURS)}
    import difflib  # noqa: PLC0415 - only where a path is wrong

    near = difflib.get_close_matches(_stem(path.name), names, n=1, cutoff=_NEAR)
    if near:
        return f"Did you mean this one: {shown_path(str(path.with_name(names[near[0]])))}"
    return "Look at the spelling of the path, and try again."


def _stem(name: str) -> str:
    """Return a name without its ending, which many files have alike."""
    return name.rpartition(".")[0].lower() or name.lower()


def _something_else(path: Path, mode: int) -> tuple[str, str]:
    """Return what is there instead of a file, and what to do."""
    if stat.S_ISDIR(mode):
        tables = sorted(name for name in _neighbours(path) if name.lower().endswith(_TABLES))
        some = f", such as {shown_path(str(path / tables[0]))}" if tables else ""
        return f"{path} is a folder", f"{_PATH} in it, one at a time{some}"
    if stat.S_ISFIFO(mode):
        hint = (
            "Give - for standard input, and pipe the text into it: zcat changes.csv.gz | importer check -"
            " (a .gz or a .zip may also be given as it is)"
        )
        return f"{path} is a pipe, which can be read only once", hint
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else")
    return f"{path} is {kind}", f"{_PATH}; or - for standard input."


def _neighbours(folder: Path) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if entry.is_file())
