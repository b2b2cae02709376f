"""Puts the parts of a process together: which exist, what each is given, and in which order they start. No policy."""
