"""OpenDocument spreadsheets (.ods, .fods)."""
