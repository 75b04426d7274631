"""What the header of a table says of the records below it, whatever file it came from."""
