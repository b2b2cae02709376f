"""That the ledger is what was committed: seals on records, chains over batches, and what recounts them."""
