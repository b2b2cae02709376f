"""Telling people what cannot wait for them to look."""
