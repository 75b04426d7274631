#!/bin/sh
# A binary workbook that SheetJS writes loses all columns but the first in python-calamine, and all cells in pyxlsb.
#
# Versions: npm xlsx 0.18.5 writes it; python-calamine 0.9.1, pyxlsb 1.0.10 and pandas 3.1.1 read it.
# Behaviour: of cells that stand side by side, SheetJS writes all but the first of a row as "short" records
#   (types 12 to 18 of [MS-XLSB]; here 17, text), which name no column. The readers pass over records that they do not know.
#   No error, no warning: pandas makes a frame of one column, or an empty one. LibreOffice shows all four columns.
# Output seen:
#   calamine [['Customer ID'], ['C-1'], ['C-2']]
#   pyxlsb [[None, None, None, None], [None, None, None, None], [None, None, None, None]]
#   pandas, calamine (2, 1) ['Customer ID']
#   pandas, pyxlsb (0, 0) []
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check python-calamine==0.9.1 pyxlsb==1.0.10 pandas==3.1.1 2>/dev/null
cat >write.js <<'JS'
const sheets = require("xlsx");
const rows = [["Customer ID", "First Name", "Last Name", "Email"],
  ["C-1", "Ana", "Reyes", "ana@example.com"], ["C-2", "Ben", "Okafor", "ben@example.com"]];
const book = sheets.utils.book_new();
sheets.utils.book_append_sheet(book, sheets.utils.aoa_to_sheet(rows), "Data");
sheets.writeFile(book, "a.xlsb", {bookType: "xlsb"});
JS
node write.js
cat >read.py <<'PY'
import pandas
import pyxlsb
import python_calamine

print("calamine", python_calamine.CalamineWorkbook.from_path("a.xlsb").get_sheet_by_index(0).to_python())
with pyxlsb.open_workbook("a.xlsb") as book, book.get_sheet(1) as sheet:
    print("pyxlsb", [[cell.v for cell in row] for row in sheet.rows()])
for engine in ("calamine", "pyxlsb"):
    frame = pandas.read_excel("a.xlsb", engine=engine)
    print(f"pandas, {engine}", frame.shape, frame.columns.tolist())
PY
env/bin/python -W ignore read.py >seen
cat seen
cat >expected <<'SEEN'
calamine [['Customer ID'], ['C-1'], ['C-2']]
pyxlsb [[None, None, None, None], [None, None, None, None], [None, None, None, None]]
pandas, calamine (2, 1) ['Customer ID']
pandas, pyxlsb (0, 0) []
SEEN
diff expected seen
