"""What both services know of currencies. It knows nothing of transactions, and nobody's settings."""
