"""API keys: who makes, rotates and revokes them."""
