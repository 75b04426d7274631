"""Tests of the reports: real files, from real tables and from tables in memory."""
