"""Web pages with a table."""
