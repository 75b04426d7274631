"""What is kept of people's data: in a folder of each run's own, as digests, and until when."""
