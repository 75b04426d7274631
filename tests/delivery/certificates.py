"""An authority of the tests' own, and certificates of whatever names and days, made with the openssl command."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_CONFIG: Final = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""
_NEW_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Authority:
    """An authority whose certificates are trusted by who names `bundle`.

    Attributes:
        folder: Where everything is.
        openssl: The command.
    """

    folder: Path
    openssl: str

    @classmethod
    def made(cls, folder: Path) -> Authority | None:
        """Make one; None where there is no openssl command."""
        openssl = shutil.which("openssl")
        if openssl is None:
            return None
        authority = cls(folder, openssl)
        (folder / "index.txt").touch()
        (folder / "serial").write_text("01\n")
        (folder / "ca.conf").write_text(_CONFIG.format(folder=folder))
        authority._do(
            "req", "-x509", *_NEW_KEY, "-days", "3650", "-subj", "/CN=authority of the tests",
            "-keyout", str(folder / "ca.key"), "-out", str(authority.bundle),
            "-addext", "keyUsage=critical,keyCertSign",
        )  # fmt: skip
        return authority

    @property
    def bundle(self) -> Path:
        """The file that whoever trusts it names."""
        return self.folder / "ca.pem"

    def context(
        self, *, begun_days: float, left_days: float, names: str = "IP:127.0.0.1,DNS:localhost"
    ) -> ssl.SSLContext:
        """Return the server's side of TLS with a certificate that is so old, and valid for so long."""
        stem = self.folder / f"leaf{len(list(self.folder.glob('leaf*.csr')))}"
        key, request, leaf = (stem.with_suffix(end) for end in (".key", ".csr", ".pem"))
        self._do(
            "req", "-new", *_NEW_KEY, "-subj", "/CN=loopback", "-addext", f"subjectAltName={names}",
            "-keyout", str(key), "-out", str(request),
        )  # fmt: skip
        now = datetime.now(UTC)
        begins, ends = (f"{now + timedelta(days=days):%Y%m%d%H%M%SZ}" for days in (-begun_days, left_days))
        self._do(
            "ca", "-batch", "-notext", "-config", str(self.folder / "ca.conf"), "-startdate", begins, "-enddate", ends,
            "-cert", str(self.bundle), "-keyfile", str(self.folder / "ca.key"), "-in", str(request), "-out", str(leaf),
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf, key)
        return context

    def _do(self, *words: str) -> None:
        subprocess.run([self.openssl, *words], check=True, capture_output=True)
