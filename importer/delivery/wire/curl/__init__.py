"""The engine over libcurl's connections: one thread, which waits for all of them at once."""
