"""Processes of one thread, in which a second one is made: a test runner has more than one."""
