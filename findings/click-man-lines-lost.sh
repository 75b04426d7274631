#!/bin/sh
# A line of a command's help that begins with a dot is not in the manual page that click-man makes of it.
#
# Versions: click-man 0.6.0, click 8.3.1.
# Behaviour: help is written into the page as it stands. A line that begins with a dot, as where a file called .netrc comes
#   to stand at its beginning, is a request to whatever shows the page, and an unknown one: `man` leaves the line out and
#   says nothing. What help says last (the epilog: examples, exit codes) is not written at all.
# Output seen:
#   What is sent is said in the file
#   .importer/rows.csv, row by row.
#   the epilog: 0 times
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check click==8.3.1 click-man==0.6.0 setuptools==80.9.0 2>/dev/null
cat >page.py <<'PY'
import click
from click_man.core import generate_man_page


@click.command(epilog="The exit code is 1 where a row needs a person.")
def send():
    """Send a sheet.

    What is sent is said in the file
    .importer/rows.csv, row by row.
    """


page = generate_man_page(click.Context(send, info_name="send"), "1.0")
print("\n".join(line for line in page.splitlines() if "is said in" in line or "rows.csv" in line))
print("the epilog:", page.count("exit code"), "times")
PY
env/bin/python page.py >seen
cat seen
cat >expected <<'SEEN'
What is sent is said in the file
.importer/rows.csv, row by row.
the epilog: 0 times
SEEN
diff expected seen
