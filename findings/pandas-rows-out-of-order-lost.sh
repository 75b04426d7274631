#!/bin/sh
# pandas.read_excel loses rows and cells of an .xlsx file that do not stand in their order, without a word.
#
# Versions: pandas 3.1.1 with openpyxl 3.1.5, its default reader; python-calamine 0.9.1 beside it.
# Behaviour: each row and each cell says where it is, and the schema of ECMA-376 (part 1, 18.3.1.73 and 18.3.1.4) asks for no
#   order. openpyxl has two readers. load_workbook(path) gives all of them. With read_only=True, as pandas calls it, a row that
#   comes after a later one is a blank one; and since pandas also tells it not to believe the sheet's own size, a cell that comes
#   before an earlier one is not there. LibreOffice 7.4.7 shows all, and so does calamine.
# Output seen:
#   openpyxl [('ID', 'Name'), ('C-2', 'Ben'), ('C-3', 'Cleo'), ('C-4', 'Dan')]
#   calamine [['ID', 'Name'], ['C-2', 'Ben'], ['C-3', 'Cleo'], ['C-4', 'Dan']]
#   openpyxl, read_only [('ID', 'Name'), (None, None), ('C-3', 'Cleo'), ('C-4', 'Dan')]
#   pandas [['ID', 'Name'], [nan, nan], ['C-3', 'Cleo'], ['C-4', nan]]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5 python-calamine==0.9.1 2>/dev/null
cat >read.py <<'PY'
import re
import zipfile

import openpyxl
import pandas
import python_calamine

book = openpyxl.Workbook()
for row in (("ID", "Name"), ("C-2", "Ben"), ("C-3", "Cleo"), ("C-4", "Dan")):
    book.worksheets[0].append(row)
book.save("a.xlsx")
with zipfile.ZipFile("a.xlsx") as given, zipfile.ZipFile("b.xlsx", "w") as made:
    for name in given.namelist():
        part = given.read(name).decode()
        if name == "xl/worksheets/sheet1.xml":
            head, second, third, fourth = re.findall("<row.*?</row>", part)
            first, last = re.findall("<c .*?</c>", fourth)
            swapped = fourth.replace(first + last, last + first)
            part = part.replace(second + third + fourth, third + second + swapped)
        made.writestr(name, part)

print("openpyxl", list(openpyxl.load_workbook("b.xlsx").worksheets[0].values))
print("calamine", python_calamine.load_workbook("b.xlsx").get_sheet_by_index(0).to_python())
print("openpyxl, read_only", list(openpyxl.load_workbook("b.xlsx", read_only=True).worksheets[0].values))
print("pandas", pandas.read_excel("b.xlsx", header=None).values.tolist())
PY
env/bin/python -W ignore read.py >seen
cat seen
cat >expected <<'SEEN'
openpyxl [('ID', 'Name'), ('C-2', 'Ben'), ('C-3', 'Cleo'), ('C-4', 'Dan')]
calamine [['ID', 'Name'], ['C-2', 'Ben'], ['C-3', 'Cleo'], ['C-4', 'Dan']]
openpyxl, read_only [('ID', 'Name'), (None, None), ('C-3', 'Cleo'), ('C-4', 'Dan')]
pandas [['ID', 'Name'], [nan, nan], ['C-3', 'Cleo'], ['C-4', nan]]
SEEN
diff expected seen
