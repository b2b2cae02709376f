"""What sends payments to a candidate, and what looks afterwards whether it kept its promises."""
