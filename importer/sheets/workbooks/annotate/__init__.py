"""The user's own workbook, annotated: copied, and changed only where it must be."""
