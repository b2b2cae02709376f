"""The gateway: takes a transaction, answers a verdict within its budget, writes every verdict down."""

VERSION = "0.2.0"
