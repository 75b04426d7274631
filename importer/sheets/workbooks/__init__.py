"""Workbooks of spreadsheet programs, read and written."""
