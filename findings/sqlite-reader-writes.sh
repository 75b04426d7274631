#!/bin/sh
# Whoever opens a database of SQLite with mode=ro writes into the file beside it that is shared with the writer.
#
# Versions: SQLite 3.50.4 (apsw 3.50.4.0).
# Behaviour: with a write-ahead log, a reader notes in NAME-shm how far it reads, and with mode=ro, too: after it, the
#   file is another one. With readonly_shm=1 beside that, it is left as it is, and the same is read.
# Output seen:
#   mode=ro [(1,)] changed
#   mode=ro&readonly_shm=1 [(1,)] as it was
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check apsw==3.50.4.0 2>/dev/null
cat >read.py <<'PY'
import sys

import apsw

flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READONLY
print(apsw.Connection(sys.argv[1], flags=flags).execute("SELECT row FROM rows").fetchall())
PY
cat >write.py <<'PY'
import subprocess
import sys
from pathlib import Path

import apsw

for number, how in enumerate(("mode=ro", "mode=ro&readonly_shm=1")):
    writer = apsw.Connection(f"{number}.db")
    writer.execute("PRAGMA journal_mode=WAL; CREATE TABLE rows (row); INSERT INTO rows VALUES (1)").fetchall()
    shared = Path(f"{number}.db-shm")
    before = shared.read_bytes()
    read = [sys.executable, "read.py", f"file:{number}.db?{how}"]
    found = subprocess.run(read, capture_output=True, text=True, check=True).stdout.strip()
    print(how, found, "as it was" if shared.read_bytes() == before else "changed")
PY
env/bin/python write.py >seen
cat seen
cat >expected <<'SEEN'
mode=ro [(1,)] changed
mode=ro&readonly_shm=1 [(1,)] as it was
SEEN
diff expected seen
