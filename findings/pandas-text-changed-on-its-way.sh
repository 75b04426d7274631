#!/bin/sh
# pandas does not read back from an .xlsx file the text that it has written there, in its default engines.
#
# Versions: pandas 3.1.1; XlsxWriter 3.3.1, with which it writes where it is installed; openpyxl 3.1.5, with which it reads.
# Behaviour: _xHHHH_ in a workbook stands for the character of that number (ECMA-376 part 1, 22.9.2.19). XlsxWriter writes such
#   codes, and openpyxl neither reads nor writes them. So what XlsxWriter writes, openpyxl reads with codes in it: each line end
#   of Windows (CR LF) in a cell becomes _x000D_ and LF. And what openpyxl writes, others read wrongly where a text looks like a
#   code: _x0041_ is the letter A in calamine, as the standard has it. No error, no warning.
# Output seen:
#   written by xlsxwriter, read by openpyxl: ['one_x000D_\ntwo', '_x0041_']
#   written by xlsxwriter, read by calamine: ['one\r\ntwo', '_x0041_']
#   written by openpyxl, read by openpyxl: ['one\ntwo', '_x0041_']
#   written by openpyxl, read by calamine: ['one\ntwo', 'A']
#   written and read by default: ['one_x000D_\ntwo', '_x0041_']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
  pandas==3.1.1 openpyxl==3.1.5 xlsxwriter==3.3.1 python-calamine==0.9.1 2>/dev/null
cat >read.py <<'PY'
import pandas

given = pandas.DataFrame({"Note": ["one\r\ntwo", "_x0041_"]})
for writer in ("xlsxwriter", "openpyxl"):
    given.to_excel("a.xlsx", index=False, engine=writer)
    for reader in ("openpyxl", "calamine"):
        read = pandas.read_excel("a.xlsx", engine=reader)["Note"].tolist()
        print(f"written by {writer}, read by {reader}:", read)
given.to_excel("a.xlsx", index=False)
print("written and read by default:", pandas.read_excel("a.xlsx")["Note"].tolist())
PY
env/bin/python -W ignore read.py >seen
cat seen
cat >expected <<'SEEN'
written by xlsxwriter, read by openpyxl: ['one_x000D_\ntwo', '_x0041_']
written by xlsxwriter, read by calamine: ['one\r\ntwo', '_x0041_']
written by openpyxl, read by openpyxl: ['one\ntwo', '_x0041_']
written by openpyxl, read by calamine: ['one\ntwo', 'A']
written and read by default: ['one_x000D_\ntwo', '_x0041_']
SEEN
diff expected seen
