"""What a name probably was before a program damaged it: for the eyes of whoever sees the cell, never sent."""
