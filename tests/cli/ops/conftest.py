"""A home with blanks and letters beyond ASCII in its path."""

from tests.config.conftest import home, write

__all__ = ["home", "write"]
