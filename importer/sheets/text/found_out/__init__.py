"""How a file of delimited text is written: its encoding and its dialect."""
