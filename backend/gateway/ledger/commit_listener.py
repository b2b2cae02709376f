"""Who hears of what the ledger has committed, and takes a flag off each record once it is chained."""

from collections.abc import Iterable
from typing import Protocol

from bson.raw_bson import RawBSONDocument

from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database


class CommitListener(Protocol):
    """The audit chain, as the ledger sees it."""

    async def start(self) -> None:
        """The collections are in place."""

    async def close(self) -> None:
        """The ledger ends: nothing is committed any more."""

    def heads(self) -> list[Head]:
        """The ends of this gateway's chains, as far as they are on a majority."""

    def inserted(self, documents: Iterable[RawBSONDocument]) -> None:
        """These were just committed, with their flag."""

    def chained(self, transaction_ids: Iterable[str]) -> list[str]:
        """Those of these whose flag may go: whoever updates them anyway takes it off, and then calls `cleared`."""

    def cleared(self, transaction_ids: Iterable[str]) -> None:
        """Their flag is gone, or is an amendment's."""


class MakeListener(Protocol):
    """Makes one for a ledger."""

    def __call__(self, database: Database, *, instance: str) -> CommitListener:
        """Nothing is asked of the database yet."""
