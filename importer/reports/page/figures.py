"""Numbers and times, as the page of all runs takes them."""

from __future__ import annotations

from importer.reports.figures import counted, duration, moment

__all__ = ["counted", "duration", "moment"]
