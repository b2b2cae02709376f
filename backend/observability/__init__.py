"""The only code that both services share. It knows nothing of transactions."""
