"""Tables that are drawn with signs, as programs show them to people."""
