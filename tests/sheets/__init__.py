"""The room of tables in files."""
