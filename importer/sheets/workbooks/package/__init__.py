"""The zip archive that a workbook is, its parts and their XML: read and edited."""
