"""How the journal holds a row in few bytes."""
