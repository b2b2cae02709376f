"""How much is asked of the gateways, how it is answered, and how fast: figures of the last minutes, in memory."""
