"""The readers, a format each: sheets and their lines of typed cells."""
