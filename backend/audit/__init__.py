"""The tool that proves the ledger and erases persons from it. Never serves, and only the commands use it."""
