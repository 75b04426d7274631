"""What is known of the rows of a file of delimited text once its header is understood."""
