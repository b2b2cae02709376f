"""Who hears of what the ledger has committed: the audit chain, as the ledger sees it."""

from typing import NamedTuple, Protocol

from bson.objectid import ObjectId

from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.positions import Run


class Committed(NamedTuple):
    """A new record that is on a majority: its `_id`, and what the chain says of it."""

    position: ObjectId
    transaction_id: str
    leaf: bytes


class CommitListener(Protocol):
    """Lives as long as the ledger does."""

    async def start(self) -> None:
        """The collections are in place, and nothing was written yet. Raises LedgerUnreadable: it is called again."""

    async def close(self) -> None:
        """The ledger ends: nothing is committed any more."""

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""

    def add(self, item: Committed) -> None:
        """It was just committed."""


class MakeListener(Protocol):
    """Makes one for a ledger."""

    def __call__(self, database: Database, *, instance: str, run: Run) -> CommitListener:
        """Nothing is asked of the database yet."""
