"""The sandbox, over real sockets on loopback."""
