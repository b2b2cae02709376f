"""
Whose data it is. Every key of a record, and every index over records, begins with the account.

There is one account until tenants come. What was written before there were any has none in it, until the worker has
given it this one: `of_account` finds both.
"""

from typing import Any

ACCOUNT = "house"


def of_account() -> dict[str, Any]:
    """A query of the account's documents: part of each query, so that an index that begins with it serves."""
    return {"account": {"$in": [ACCOUNT, None]}}
