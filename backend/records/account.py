"""
Whose data it is. Every key of a record begins with the account, and so does every index that callers or people ask.

There is one account until tenants come. A ledger of an older version has documents without one, and indexes that know
none, until a worker has given them this one: gateway/features/workers/upgrade.py.
"""

from typing import Any

ACCOUNT = "house"
NOTE = {"_id": "accounts"}  # in `schema_migrations`: every document has one


class Accounts:
    """
    What this process knows of the ledger.

    Attributes:
        are_everywhere: Every document has its account, and the indexes that begin with it are there.
    """

    def __init__(self) -> None:
        self.are_everywhere = False


LEDGER = Accounts()  # a process has one ledger


def account_key() -> dict[str, Any]:
    """
    What a query of the account's documents begins with, as its index does: for one who knows of the ledger.

    Nothing while some documents have no account: then the older indexes serve, and all there is belongs to this one.
    """
    return {"account": ACCOUNT} if LEDGER.are_everywhere else {}


def of_account() -> dict[str, Any]:
    """A query of the account's documents, with it or without: for one who knows nothing of the ledger."""
    return {"account": {"$in": [ACCOUNT, None]}}
