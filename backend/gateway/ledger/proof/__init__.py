"""That the ledger is what was committed: seals on records, chains over batches; backend/audit recounts them."""
