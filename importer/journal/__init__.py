"""What is known of every run and row, durably: the only SQL of the importer."""
