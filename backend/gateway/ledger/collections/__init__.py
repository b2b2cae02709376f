"""How a collection looks: its validator, its indexes, and what makes a document of an older version one of this."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid

from gateway.ledger.client import Database
from records.account import ACCOUNT

Document = Mapping[str, Any]
OF_ACCOUNT: Document = {"account": {"bsonType": "string", "minLength": 1, "maxLength": 64}}
GIVEN_ACCOUNT: Document = {"$set": {"account": ACCOUNT}}


@dataclass(frozen=True, slots=True)
class Shape:
    """
    A collection.

    Attributes:
        schema: What every document has to be.
        indexes: Each with the queries that need it; where callers or people ask, it begins with the account.
        early: Those of them that an older ledger needs first.
        given: Update that makes a document of an older version one of this, safe to repeat; None where documents are
            of the installation and of no account.
        added: Fields that `given` adds: required only once no document lacks them.
        first: Queries of older documents that somebody waits for: they are given theirs before all others.
        replaced: Indexes of older versions. They serve until every document has its account.
    """

    name: str
    schema: Document
    indexes: Sequence[IndexModel] = ()
    early: Sequence[IndexModel] = ()
    given: Any = None
    added: tuple[str, ...] = ("account",)
    first: Sequence[Document] = ()
    replaced: tuple[str, ...] = ()


async def create(database: Database, shape: Shape) -> None:
    """The collection where it is not there, its validator and its indexes. Safe to repeat. Raises PyMongoError."""
    await _ensure(database, shape.name, shape.schema)
    if shape.indexes:
        await database[shape.name].create_indexes(list(shape.indexes))


async def allow(database: Database, shape: Shape) -> None:
    """Likewise, beside documents of an older version and gateways that write such, whose indexes serve meanwhile."""
    if shape.given is None:
        await create(database, shape)
        return
    required = [name for name in shape.schema["required"] if name not in shape.added]
    await _ensure(database, shape.name, {**shape.schema, "required": required})


async def require(database: Database, shape: Shape) -> None:
    """Refuse documents of an older version from now on. Safe to repeat. Raises PyMongoError."""
    await _ensure(database, shape.name, shape.schema)


async def drop_replaced(database: Database, shape: Shape) -> None:
    """Drop what served documents of an older version. Safe to repeat. Raises PyMongoError."""
    for name in await replaced_indexes(database, shape):
        await database[shape.name].drop_index(name)


async def replaced_indexes(database: Database, shape: Shape) -> set[str]:
    """Names of those that are still there. Raises PyMongoError."""
    return (await database[shape.name].index_information()).keys() & set(shape.replaced)


async def _ensure(database: Database, name: str, schema: Document) -> None:
    with contextlib.suppress(CollectionInvalid):
        await database.create_collection(name)
    await database.command("collMod", name, validator={"$jsonSchema": schema})
