"""The ledger's collections: validators and indexes, one module each. Every function here is safe to repeat."""
