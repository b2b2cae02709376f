"""Mechanisms that know no transaction and nothing of the gateway: each is written once, here."""
