"""Verdicts that the ledger does not have yet, on this machine's disk; and the memory of those it has since got."""
