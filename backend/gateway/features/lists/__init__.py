"""Deny and allow lists: kept in the ledger, known to every gateway, and remembered on its own disk."""
