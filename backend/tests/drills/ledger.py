"""The end of a drill: what stands in MongoDB, against the book."""

from typing import Any

import pymongo

from tests.drills.book import Book, Reconciliation
from tests.processes import MongodProcess


def documents(mongod: MongodProcess, databases: dict[str, str]) -> list[dict[str, Any]]:
    """All transactions of the ledger."""
    with pymongo.MongoClient[dict[str, Any]](mongod.url) as client:
        return list(client[databases["GATEWAY_LEDGER_DATABASE"]]["transactions"].find())


def reconciled(mongod: MongodProcess, databases: dict[str, str], book: Book) -> Reconciliation:
    """Id by id."""
    return Reconciliation.of(book, documents(mongod, databases))
