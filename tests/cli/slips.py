"""A folder in which people make slips: good files, and files that are no good."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from tests.cli.conftest import ACCOUNT, GROUP, person

TARGET: Final = ("--group-id", GROUP, "--linked-account-id", ACCOUNT, "--base-url", "http://127.0.0.1:9")
"""Where nobody listens: nothing is to be sent."""
_HEADER: Final = ("Customer ID", "First Name", "Last Name", "Email")


def furnish(folder: Path) -> None:
    """Put all the files into a folder."""
    header, row = ",".join(_HEADER), ",".join(person(1))
    texts = {
        "FILE": f"{header}\n{row}\n",
        "a.csv": f"{header}\n{row}\n",
        "b.csv": f"{header}\n{row}\n",
        "my folder/a b.csv": f"{header}\n{row}\n",
        "crm.csv": f"Payments {header}\n{row}\n",
        "noheader.csv": f"{row}\n{','.join(person(2))}\n",
        "empty.csv": "",
        "page.html": "<html><body>Sign in</body></html>",
        "link.gsheet": '{"url": "https://docs.google.com/x"}',
        ".~lock.book.ods#": ",clerk,pc,01.01.2026 10:00,file:///;",
        "key-line": "IMPORTER_API_KEY=abc123def\n",
        "key-quotes": '"abc123def"\n',
        "key-bearer": "Bearer abc123def\n",
    }
    (folder / "my folder").mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o600)
    (folder / "~$book.xlsx").write_bytes(b"\x05Clerk" + b" " * 159)
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    os.mkfifo(folder / "pipe")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in ("May", "June"):
        sheet = book.create_sheet(name)
        sheet.append(_HEADER)
        sheet.append(person(1))
    book.save(folder / "book.xlsx")
