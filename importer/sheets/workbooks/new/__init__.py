"""A workbook that is written new."""
