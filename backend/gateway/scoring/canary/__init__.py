"""Made-up transactions that show whether a brain that answers really scores."""
