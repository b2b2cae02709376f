"""Connects to MongoDB twice, for opposite needs: reads give up early, writes must be durable."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import structlog
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import PyMongoError

from brain.domain import Label, Query
from brain.history.migrations import Database, migrate
from brain.history.reader import Events, HistoryReader
from brain.history.writer import HistoryWriter

log = structlog.get_logger()
# The driver's own log lines quote addresses and whole commands; this module logs what matters.
logging.getLogger("pymongo").setLevel(logging.CRITICAL)

READ_TIMEOUT_MS = 250  # when a late read gives its thread back; no score waits that long
WRITE_TIMEOUT_MS = 2000
POOL_MAX = 8  # connections; the thread pool is the tighter bound
HEARTBEAT_MS = 1000  # how soon a MongoDB that is back is noticed; the driver's default is 10 s
RETRY_S = 1.0
_NEAREST = ReadPreference.PRIMARY_PREFERRED


class HistoryStore:
    """Stores history in MongoDB. While MongoDB is away the brain scores on without history."""

    def __init__(self, url: str, database: str, *, read_budget_ms: int) -> None:
        """
        Connect in the background.

        Args:
            url: MONGODB_URL. It holds a password: it is never logged.
            read_budget_ms: How long one batch of scores waits for its history at most.
        """
        self._reading = connect(url, timeout_ms=READ_TIMEOUT_MS)
        self._writing = connect(url, timeout_ms=WRITE_TIMEOUT_MS)
        self._durable: Database = self._writing.get_database(database, write_concern=WriteConcern(w="majority", j=True))
        nearest: Database = self._reading.get_database(database, read_preference=_NEAREST)
        self._reader = HistoryReader(nearest, budget_s=read_budget_ms / 1000)
        self._writer = HistoryWriter(self._durable)

    async def prepare(self) -> None:
        """Migrate as soon as MongoDB answers, and open the first connections. Run it as a task."""
        while True:
            try:
                version = await migrate(self._durable)
                await self._reading.admin.command("ping")
            except PyMongoError as error:
                log.debug("history.not_ready", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)
            else:
                log.info("history.ready", schema_version=version)
                return

    @property
    def is_reachable(self) -> bool:
        """Whether MongoDB can be read, by the driver's own heartbeat: no score has to find out."""
        return bool(self._reading.delegate.topology_description.has_readable_server(_NEAREST))

    async def read(self, queries: Sequence[Query]) -> tuple[list[Events], list[Events]]:
        """Read histories. See HistoryReader.read."""
        return await self._reader.read(queries)

    async def write(self, queries: Sequence[Query]) -> None:
        """Add transactions. See HistoryWriter.write. Raises HistoryUnavailable."""
        await self._writer.write(queries)

    async def learn(self, labels: Sequence[Label]) -> None:
        """Add labels. See HistoryWriter.learn. Raises HistoryUnavailable."""
        await self._writer.learn(labels)

    def close(self) -> None:
        """Close all connections."""
        self._reading.close()
        self._writing.close()


def connect(url: str, *, timeout_ms: int) -> AsyncIOMotorClient[dict[str, Any]]:
    """Make a client whose operations each end within `timeout_ms`; it connects in the background."""
    return AsyncIOMotorClient(
        url,
        timeoutMS=timeout_ms,
        serverSelectionTimeoutMS=timeout_ms,
        connectTimeoutMS=timeout_ms,
        heartbeatFrequencyMS=HEARTBEAT_MS,
        maxPoolSize=POOL_MAX,
        appname="sentinel-brain",
    )
