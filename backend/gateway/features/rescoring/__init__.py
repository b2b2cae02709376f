"""What was decided blind is scored again, once the scorer is back."""
