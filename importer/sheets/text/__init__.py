"""Delimited text: CSV and its kin, read and written."""
