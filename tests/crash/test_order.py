"""A power cut cannot be had here, but what it takes to survive one: all is flushed before it is relied on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.crash.scene import ROWS, KillScene
from tests.scene import serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

_WRITTEN = re.compile(r"pwrite64\(\d+<[^>]*journal\.sqlite-wal>")
_FLUSHING = re.compile(r"fdatasync\(\d+<[^>]*journal\.sqlite-wal>")
_FLUSHED = re.compile(r"fdatasync.*\) += 0$")


def test_no_request_leaves_before_the_journal_is_flushed(tmp_path: Path) -> None:
    """With one request in flight, nothing that was written to the journal is unflushed when one leaves."""
    trace = tmp_path / "trace"
    with serving(tmp_path) as api:
        scene = KillScene(folder=tmp_path / "scene", api=api)
        watch = ("-y", "-s", "8", "-o", str(trace), "--trace=pwrite64,fdatasync,sendto")
        code, _ = scene.say(*scene.run, "--concurrency", "1", strace=watch)
    assert code == 0
    written = flushed = sent = 0
    for line in trace.read_text("utf-8", "replace").splitlines():
        written += bool(_WRITTEN.search(line))
        if _FLUSHING.search(line) or _FLUSHED.search(line):
            flushed = written if _FLUSHED.search(line) else flushed
        if "sendto(" in line and '"PUT ' in line:
            sent += 1
            assert flushed == written > sent, line
    assert sent == ROWS
