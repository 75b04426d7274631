"""The search itself: what it cannot see, no other test here could find."""

from __future__ import annotations

import base64
import html
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canaries.canaries import DOMAIN, FIRST_NAME, KEY, LAST_NAME, LOCAL_PART, canaries_in, canaries_under

ALL = {"key", "first name", "last name", "address"}
WHOLE = f"{KEY} {FIRST_NAME} {LAST_NAME} {LOCAL_PART}@{DOMAIN}"


def _zipped(text: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part.xml", text)
    return packed.getvalue()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str.encode, id="as it is"),
        pytest.param(lambda text: text.upper().encode(), id="upper case"),
        pytest.param(lambda text: text.lower().encode(), id="lower case"),
        pytest.param(lambda text: quote(text, safe="").encode(), id="percent-encoded"),
        pytest.param(lambda text: quote_plus(text).encode(), id="as a form"),
        pytest.param(lambda text: json.dumps(json.dumps(text)).encode(), id="JSON in JSON"),
        pytest.param(lambda text: html.escape(text).encode(), id="HTML"),
        pytest.param(lambda text: repr(text.encode()).encode(), id="the repr of bytes"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="UTF-16, little-endian"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="UTF-16, big-endian"),
        pytest.param(lambda text: " ".join(text).encode(), id="spaced out"),
        pytest.param(lambda text: text.encode("cp1252", "replace"), id="Windows-1252"),
        pytest.param(lambda text: text.encode().hex().encode(), id="hexadecimal"),
        *(
            pytest.param(lambda text, pad=pad: base64.b64encode(pad + text.encode()), id=f"base64 after {len(pad)}")
            for pad in (b"", b":", b"::", b":::")
        ),
        pytest.param(_zipped, id="packed"),
    ],
)
def test_canaries_are_found_in_any_writing(write: Callable[[str], bytes]) -> None:
    """However they are written, all four are found, and nothing is found in what does not hold them."""
    assert canaries_in(write(WHOLE)) == ALL
    assert canaries_in(write("sk/K4n4r13 Quetzal Brz kanarek ptaszarnia")) == set()


def test_a_key_in_a_basic_header_is_found() -> None:
    """The key as a password or as a user, as HTTP's Basic scheme writes it."""
    for pair in (f"{KEY}:", f":{KEY}", f"api:{KEY}"):
        assert canaries_in(b"Authorization: Basic " + base64.b64encode(pair.encode())) == {"key"}


def test_files_and_their_names_are_searched(tmp_path: Path) -> None:
    """Whatever is below a folder is found, whether in a file or in what it is called."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.bin").write_bytes(b"\0" * 5000 + LAST_NAME.encode() + b"\0" * 5000)
    (tmp_path / f"{LOCAL_PART}.csv").write_bytes(b"")
    assert canaries_under(tmp_path) == {
        str(tmp_path / "deep" / "page.bin"): {"last name"},
        str(tmp_path / f"{LOCAL_PART}.csv"): {"address"},
    }
