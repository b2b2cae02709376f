"""HTTP connections: what a client may send, how long it may take, and how a stop treats it."""
