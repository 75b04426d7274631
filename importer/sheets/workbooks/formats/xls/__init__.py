"""Excel workbooks of the old kind (.xls)."""
