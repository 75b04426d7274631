#!/bin/sh
# One short row near the start of a CSV file makes DuckDB read each line as a single cell; rows above the header are dropped.
#
# Versions: duckdb 2.0.1, beside pandas 3.1.1 and polars 2.1.0.
# Behaviour: read_csv tries dialects on its sample, and one without any delimiter fits a sample in which a row lacks its last,
#   blank cell (spreadsheet programs leave such cells out in blocks of rows). The table has one column then, named by the whole
#   header; no error, no warning. The same row behind the sample is an error that names its line. Where the header stands below
#   rows of fewer cells, as in a sheet that was sorted together with it, these rows are skipped as if they were a title. pandas
#   and polars fill the short row, and raise over the rows above the header.
# Output seen:
#   whole: duckdb 10 rows of 4; pandas 10 rows of 4; polars 10 rows of 4
#   row 5 short: duckdb 10 rows of 1; pandas 10 rows of 4; polars 10 rows of 4
#   row 25001 short: duckdb InvalidInputException; pandas 30000 rows of 4; polars 30000 rows of 4
#   two rows above the header: duckdb 8 rows of 4; pandas ParserError; polars ComputeError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pandas==3.1.1 polars==2.1.0 2>/dev/null
cat >read.py <<'PY'
from pathlib import Path

import duckdb
import pandas
import polars


def rows(first, last, short=None):
    return [f"{row},Ana,Reyes" + ("" if row == short else f",G{row}") for row in range(first, last + 1)]


def by_duckdb():
    table = duckdb.sql("SELECT * FROM read_csv('a.csv')")
    return len(table.fetchall()), len(table.columns)


READERS = {
    "duckdb": by_duckdb,
    "pandas": lambda: pandas.read_csv("a.csv").shape,
    "polars": lambda: polars.read_csv("a.csv").shape,
}


def seen(reader):
    try:
        return "{} rows of {}".format(*reader())
    except Exception as error:
        return type(error).__name__


HEADER = "id,first,last,group"
for name, lines in {
    "whole": [HEADER, *rows(1, 10)],
    "row 5 short": [HEADER, *rows(1, 10, short=5)],
    "row 25001 short": [HEADER, *rows(1, 30000, short=25001)],
    "two rows above the header": ["1,Ana,Reyes", "2,Ben,Okafor", HEADER, *rows(3, 10)],
}.items():
    Path("a.csv").write_text("".join(f"{line}\n" for line in lines))
    print(f"{name}:", "; ".join(f"{reader} {seen(READERS[reader])}" for reader in READERS))
PY
env/bin/python -W ignore read.py >seen
cat seen
cat >expected <<'SEEN'
whole: duckdb 10 rows of 4; pandas 10 rows of 4; polars 10 rows of 4
row 5 short: duckdb 10 rows of 1; pandas 10 rows of 4; polars 10 rows of 4
row 25001 short: duckdb InvalidInputException; pandas 30000 rows of 4; polars 30000 rows of 4
two rows above the header: duckdb 8 rows of 4; pandas ParserError; polars ComputeError
SEEN
diff expected seen
