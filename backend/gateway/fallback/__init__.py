"""What is decided without a score, and how much of it: the policy file, the caps, and each gateway's share of them."""
