"""Real servers between the real command and an API that knows what it has applied."""
