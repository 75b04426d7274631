"""`importer config`: what stands in the settings file, and what comes of it."""
