"""The words of the project, as frozen values: every other module speaks in these."""
