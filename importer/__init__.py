"""Send a spreadsheet of customer changes to the Update Customer API, and report what is true of every row."""

__version__ = "0.1.0"
