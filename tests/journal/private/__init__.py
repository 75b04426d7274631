"""Tests of what is kept of people's data: real files, in folders of their own."""
