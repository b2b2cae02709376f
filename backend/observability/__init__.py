"""Logs for both services. Knows nothing of transactions."""
