"""Keyed digests: what lets values be compared later without being kept.

Without the key, which has a file of its own, a digest says nothing: names and addresses could be guessed otherwise.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from importer.disk import sync_folder
from importer.errors import JournalError

DIGEST_BYTES: Final = 8
"""Two values differ whose digests do, and with one chance in 2 ** 64 two that differ have the same."""
_HASH_BYTES: Final = 16
_REMEMBERED: Final = 4096
_KEY_BYTES: Final = 32


class Digester:
    """Makes digests under one key.

    Args:
        key: 32 random bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._keyed: Final = hashlib.blake2b(key=key, digest_size=_HASH_BYTES).copy
        """A copy that has taken in the key takes two thirds of the time of taking it in again."""

        self.digest_again: Final = lru_cache(_REMEMBERED)(self.digest)
        """The same as `digest`, for values of which many are the same: names."""

    def digest(self, value: str) -> bytes:
        """Return the 8-byte digest of a value: the beginning of what earlier versions kept of it."""
        digest = self._keyed()
        digest.update(value.encode())
        return digest.digest()[:DIGEST_BYTES]

    @property
    def fingerprint(self) -> str:
        """Tells this key from others: digests under another one cannot be compared."""
        return hashlib.blake2b(b"fingerprint", key=self._key, digest_size=8).hexdigest()

    @classmethod
    def open(cls, path: Path) -> Digester:
        """Return a digester with the key in `path`, which is made (mode 0600) where there is none.

        Raises:
            JournalError: The file cannot be read or made, or does not hold a key.
        """
        with _explained(path):
            if not path.exists():
                _make_key(path)
        return cls.at(path)

    @classmethod
    def at(cls, path: Path) -> Digester:
        """Return a digester with the key in `path`, which is there.

        Raises:
            JournalError: The file cannot be read, or does not hold a key.
        """
        with _explained(path):
            key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise JournalError(
                f"The key file of the journal, {path}, does not hold a key.",
                code="journal_damaged",
                hint="Move it away: a new one is made, and values of earlier runs can no longer be compared.",
            )
        return cls(key)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"The key file of the journal, {path}, cannot be used: {error.strerror}.",
            code="journal_unusable",
            hint="See that the disk has room and that you may write there, or name another state directory with"
            " --state.",
        ) from error


def _make_key(path: Path) -> None:
    """Make a key file, durably: what was digested under a key that is lost can never be compared again.

    The name is given to a whole file only, and of several processes the first to give it wins.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    sync_folder(path.parent)
