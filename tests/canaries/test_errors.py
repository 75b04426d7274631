"""What is raised inside, with canaries for input: no text of an exception holds one, nor that of what led to it."""

from __future__ import annotations

import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from openpyxl import Workbook

from importer.delivery.wire.client import Client
from importer.delivery.wire.deadline import Watchdog
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint
from importer.errors import ImporterError
from importer.model.rows import Attempt, Update
from importer.settings import Settings
from importer.sheets.open import open_table
from tests.canaries.canaries import FIRST_NAME, KEY, LAST_NAME, canaries_in
from tests.canaries.echo import REFUSALS, Say, echoing
from tests.canaries.scene import GOOD
from tests.delivery.conftest import CurlClient, OneByOne
from tests.delivery.wire.servers import Server
from tests.scene import GROUP, HEADER

PERSON: Final = ",".join(["c-17", FIRST_NAME, f'"{LAST_NAME}"', GOOD[2]])
HEAD: Final = ",".join(HEADER)


def said_by(error: BaseException) -> str:
    """Return every text of an error, of its notes, and of what led to it, as far as Python itself would show that."""
    told = [*traceback.format_exception(error)]
    queue: list[object] = [error]
    seen: list[object] = []
    while queue:
        found = queue.pop()
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            told += [repr(found), str(found), repr(found.args), repr(getattr(found, "__notes__", ""))]
            hidden = None if found.__suppress_context__ else found.__context__
            queue += [found.__cause__, hidden, getattr(found, "reason", None), *found.args]
    return "\n".join(told)


def test_whatever_led_to_an_error_is_searched() -> None:
    """Causes, notes, arguments and errors within errors are looked at; what `from None` hides is not."""

    def failure(*args: object, cause: BaseException | None = None, note: str = "") -> BaseException:
        error = RuntimeError(*args)
        error.__cause__ = cause
        error.add_note(note)
        return error

    for error in (
        failure(KEY),
        failure(b"\xff" + KEY.encode()),
        failure("x", cause=failure(KEY)),
        failure("x", note=KEY),
        failure(OSError(failure(KEY))),
        UnicodeDecodeError("utf-8", KEY.encode(), 0, 1, "why"),
    ):
        assert canaries_in(said_by(error)) == {"key"}
    assert canaries_in(said_by(failure("x"))) == set()


# --- Settings ---


@pytest.fixture
def key_file(tmp_path: Path) -> Callable[[bytes], Path]:
    """Return a function that writes a key file."""

    def write(content: bytes) -> Path:
        path = tmp_path / "key.txt"
        path.write_bytes(content)
        return path

    return write


ODD_KEYS: Final = [
    pytest.param(f"{KEY} {KEY}".encode(), id="a blank"),
    pytest.param(f"{KEY}\n{KEY}\n".encode(), id="two lines"),
    pytest.param(f"{KEY}ñ".encode(), id="beyond ASCII"),
    pytest.param(KEY.encode() + b"\x7f\x01", id="control characters"),
]


@pytest.mark.parametrize("content", ODD_KEYS)
def test_a_key_in_the_environment_that_is_refused_is_in_no_error(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, and nothing of its value is shown."""
    monkeypatch.setenv("IMPORTER_API_KEY", content.decode())
    with pytest.raises(ImporterError) as raised:
        Settings.load({}).key()
    assert canaries_in(said_by(raised.value)) == set()


@pytest.mark.parametrize(
    "content",
    [
        *ODD_KEYS,
        pytest.param(KEY.encode() + b"\xff\xfe", id="odd bytes"),
        pytest.param(KEY.encode("utf-16"), id="UTF-16"),
    ],
)
def test_a_key_in_a_file_that_is_refused_is_in_no_error(content: bytes, key_file: Callable[[bytes], Path]) -> None:
    """The file is named, and nothing of its content is shown."""
    with pytest.raises(ImporterError) as raised:
        Settings.load({"api_key_file": key_file(content)}).key()
    assert canaries_in(said_by(raised.value)) == set()


@pytest.mark.parametrize("name", ["BASE_URL", "CONCURRENCY", "GROUP_ID", "MAX_ERRORS", "STRICT", "CUSTOMER_ID_PATTERN"])
@pytest.mark.parametrize("written", ["({}", "https://x:{}@[", "http://{}:x"])
def test_a_key_in_the_place_of_another_setting_is_in_no_error(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two variables were mixed up: the message says which one cannot be used, not what is in it."""
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    monkeypatch.setenv(f"IMPORTER_{name}", written.format(KEY) + "(")
    with pytest.raises(ImporterError) as raised:
        Settings.load({}).key()
    assert canaries_in(said_by(raised.value)) == set()


def test_no_picture_of_settings_and_endpoints_shows_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is shown by what a debugger or a log would print of them, nor by what the journal keeps."""
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    settings = Settings.load({})
    endpoint = Endpoint(base_url="https://x", key=KEY, user_agent="x", timeout_s=1, max_reply_bytes=1)
    pictures = [repr(settings), str(settings), repr(settings.key()), repr(settings.public()), repr(endpoint)]
    assert canaries_in("\n".join(pictures)) == set()


# --- The client ---


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, either_wire: str) -> Iterator[Callable[..., str]]:
    """Return a function that sends one canary over a wire, and says what that raised or came to."""
    monkeypatch.setenv("HOME", str(tmp_path))
    clients: list[OneByOne] = []

    def send(base_url: str, *, key: str = KEY, first_name: str = FIRST_NAME) -> str:
        endpoint = Endpoint(
            base_url=base_url, key=key, user_agent="importer/test", timeout_s=5, max_reply_bytes=1 << 20
        )
        update = Update(2, GROUP, "acct-1", "c-17", first_name, *GOOD[1:])
        try:
            if either_wire == "curl":
                clients.append(CurlClient(endpoint, Doubts()))
            else:
                clients.append(Client(endpoint, watchdog.new_deadline(), Doubts()))
            reply = clients[-1].send(Attempt(update, 1))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is searched
            return said_by(error)
        return repr(reply).replace(repr(reply.body), "")

    with Watchdog() as watchdog:
        yield send
        for client in clients:
            client.close()


@pytest.mark.parametrize("say", [pytest.param(say, id=name) for name, say in REFUSALS.items()])
def test_no_answer_gets_a_canary_into_what_the_client_says(
    say: Say, sent: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is raised over it, and of what the client says of a reply only its body may hold what was answered."""
    with Server(echoing(say)) as server:
        assert canaries_in(sent(server.url)) == set()
    assert canaries_in(caplog.text) == set()


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX: y", f"{KEY}\0", f"{KEY}ñ", f"{KEY}渡", f" {KEY}"], ids=ascii)
def test_a_key_that_no_header_can_hold_is_in_no_error_of_the_client(key: str, sent: Callable[..., str]) -> None:
    """Libraries quote a bad header in their errors; even a key that should never have come this far is not shown."""
    with Server(echoing(REFUSALS["confirmed"])) as server:
        assert canaries_in(sent(server.url, key=key)) == set()


def test_a_value_that_is_no_text_is_in_no_error_of_the_client(sent: Callable[..., str]) -> None:
    """Half of a character cannot be sent, and what is raised over it does not hold the text around it."""
    said = sent("http://127.0.0.1:9", first_name=f"{FIRST_NAME}\ud800")
    assert "half of a character" in said
    assert canaries_in(said) == set()


# --- Sheets ---


def refused(path: Path) -> str:
    """Return what is raised over a file that is read as a run reads it."""
    with pytest.raises(ImporterError) as raised:
        read(path)
    return said_by(raised.value)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(PERSON.encode() + b"\xff", id="bytes that are no character"),
        pytest.param(PERSON.encode() + b"\0", id="a NUL"),
        pytest.param(f'"{PERSON}'.encode(), id="a quote that is never closed"),
        pytest.param(PERSON.encode() + b",x", id="a cell too many"),
    ],
)
def test_no_row_that_the_reader_refuses_is_quoted(tmp_path: Path, row: bytes) -> None:
    """What is wrong with it is said by its columns, which are nobody's."""
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD.encode() + b"\n" + row + b"\n")
    issues = [issue for chunk in open_table(path).chunks(100) for issue in chunk.issues]
    assert len(issues) == 1
    assert canaries_in(repr(issues)) == set()


def read(path: Path) -> None:
    """Go through a file twice, as a run does."""
    table = open_table(path)
    list(table.chunks(100))
    list(table.records())


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PERSON.encode() + b"\xff\n", id="the same in the first line"),
        pytest.param(f"{PERSON}\n{PERSON}\n".encode(), id="no header"),
        pytest.param(PERSON.replace("@", " at ").encode(), id="no header and no address"),
        pytest.param(f"{HEAD}\nc,{FIRST_NAME * 450_000}\n".encode(), id="too long a line"),
        pytest.param(f'{HEAD}\nc,"{FIRST_NAME}\n{LAST_NAME * 450_000}'.encode(), id="too long a line after a quote"),
        pytest.param(PERSON.encode("utf-16"), id="UTF-16"),
        pytest.param(PERSON.encode() + b"\0" * 99, id="no text"),
        pytest.param(f"<html>{PERSON}".encode(), id="a page"),
        pytest.param(b"PK\x03\x04" + PERSON.encode() * 9, id="a damaged archive"),
        pytest.param(b"%PDF-" + PERSON.encode(), id="a document"),
    ],
)
def test_no_file_that_is_refused_is_quoted(content: bytes, tmp_path: Path) -> None:
    """The message says which record it is about, not what is in it."""
    path = tmp_path / "changes.csv"
    path.write_bytes(content)
    assert canaries_in(refused(path)) == set()


CELL: Final = f'<c r="B2" t="inlineStr"><is><t>{FIRST_NAME}</t></is></c>'.encode()
NAME: Final = FIRST_NAME.split()[0].encode()


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(CELL.replace(NAME, b"&" + NAME + b";"), id="an entity that is none"),
        pytest.param(b'<c r="B2" t="b"><v>' + NAME + b"</v></c>", id="no truth value"),
        pytest.param(b'<c r="B2" t="n"><v>' + NAME + b"</v></c>", id="no number"),
        pytest.param(b'<c r="B2" t="e"><v>' + NAME + b"</v></c>", id="no error"),
        pytest.param(b'<c r="B2" t="s"><v>' + NAME + b"</v></c>", id="no place among the texts"),
        pytest.param(b'<c r="B2" t="' + NAME + b'"><v>x</v></c>', id="no type"),
        pytest.param(b'<c r="' + NAME + b'"><v>1</v></c>', id="no place"),
        pytest.param(CELL.replace(NAME, NAME + b"\xff"), id="bytes that are no character"),
    ],
)
def test_no_workbook_that_is_refused_is_quoted(cell: bytes, tmp_path: Path) -> None:
    """The library that reads workbooks quotes cells in its errors; ours do not, and do not lead to its."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in (HEADER, ("c-17", *GOOD)):
        sheet.append(list(line))
    book.save(tmp_path / "whole.xlsx")
    path = tmp_path / "changes.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as damaged:
        for name in whole.namelist():
            part = whole.read(name)
            assert CELL in part or "sheet1" not in name
            damaged.writestr(name, part.replace(CELL, cell))
    assert canaries_in(refused(path)) == set()
