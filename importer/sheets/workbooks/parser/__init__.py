"""The process that parses a workbook, and how its lines come back."""
