"""Rows of text in, updates and issues out: what a row must be before it may be sent.

Nothing is imported here: `importer.checks.checker` brings pandas and pandera with it, the modules about single
values (`repeats`, `codes`) only the standard library.
"""
