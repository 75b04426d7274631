"""Tests of the journal: real SQLite files, in folders of their own."""
