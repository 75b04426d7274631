"""The settings file: what it says, on which line, and what is refused."""
