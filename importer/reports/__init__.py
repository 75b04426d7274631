"""What people review: written from the journal and the source, never from the memory of the process."""
