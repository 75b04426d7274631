"""What a person sees of a command, and what is heard from the person."""
