"""Tables in files, both ways: a format's reader and its writer live together."""
