"""What reports say in words and figures, the same in the page, on the Summary sheet and on a terminal."""
