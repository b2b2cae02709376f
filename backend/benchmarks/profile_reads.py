"""
`sentinel bench reads`: compares ways to read histories.

On a mongod of its own with the histories of a town of the book's size: two finds at once (what the brain does) against
one aggregation with $unionWith, and chunks of 32 against all at once. Blocks in turn; latency, and the CPU time of
this process and of mongod for one transaction.
"""

import asyncio
import gc
import json
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.history_store import DATABASE, fill
from benchmarks.proc import cpu_s
from benchmarks.progress import Progress
from benchmarks.town import Town
from brain.domain import Query
from brain.history.documents import COLUMNS, MERCHANTS, USERS, Document, decode_columns
from brain.history.migrations import Database
from brain.history.store import connect
from brain.main import GC_THRESHOLD
from local import mongod
from tests.processes import MongodProcess

Read = Callable[[Database, Sequence[str], Sequence[str]], Awaitable[object]]

SIZES = (1, 4, 8, 16, 32, 64)  # transactions
BLOCKS, READS = 16, 40  # of each shape, in turn: mongod's CPU time has steps of 10 ms


async def two_finds(database: Database, users: Sequence[str], merchants: Sequence[str]) -> object:
    """Read both sides at once: one round trip."""
    return await asyncio.gather(
        _find(database, USERS.collection, users), _find(database, MERCHANTS.collection, merchants)
    )


async def _find(database: Database, collection: str, keys: Sequence[str]) -> list[object]:
    cursor = database[collection].find(_among(keys), COLUMNS, batch_size=len(keys) + 1)
    return [decode_columns(document) for document in await cursor.to_list(None)]


async def one_aggregation(database: Database, users: Sequence[str], merchants: Sequence[str]) -> object:
    """Read both sides in one command."""
    of_merchants = {
        "coll": MERCHANTS.collection,
        "pipeline": [{"$match": _among(merchants)}, {"$project": {**COLUMNS, "side": "m"}}],
    }
    stages: list[Document] = [
        {"$match": _among(users)},
        {"$project": {**COLUMNS, "side": "u"}},
        {"$unionWith": of_merchants},
    ]
    cursor = database[USERS.collection].aggregate(stages, batchSize=len(users) + len(merchants) + 1)
    return [decode_columns(document) for document in await cursor.to_list(None)]


async def two_finds_by_32(database: Database, users: Sequence[str], merchants: Sequence[str]) -> object:
    """Read chunk by chunk, so that chunks in time can be used."""
    return [
        await two_finds(database, users[start : start + 32], merchants[start : start + 32])
        for start in range(0, max(len(users), len(merchants)), 32)
    ]


SHAPES: dict[str, Read] = {
    "two finds": two_finds,
    "one aggregation": one_aggregation,
    "two finds by 32": two_finds_by_32,
}


@dataclass(frozen=True, slots=True)
class Row:
    """
    How batches of one size are read in one shape.

    Attributes:
        brain_us, mongod_us: CPU time of this process, and of mongod, for one transaction.
    """

    batch: int
    shape: str
    p50_ms: float
    p95_ms: float
    brain_us: float
    mongod_us: float


def measure_reads(*, as_json: bool, progress: Progress) -> None:
    """Measure once and print."""
    town = Town.build()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)  # as the brain runs
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        MongodProcess(mongod.ensure(), Path(folder)) as store,
    ):
        rows = asyncio.run(_measure(store, town, progress))
    if as_json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "load_average": os.getloadavg()[0]}))
        return
    print(f"{'batch':>5} {'shape':<16} {'p50 ms':>7} {'p95 ms':>7}  CPU us a transaction: brain, mongod")
    for row in rows:
        costs = f"{row.brain_us:>20.0f} {row.mongod_us:>8.0f}"
        print(f"{row.batch:>5} {row.shape:<16} {row.p50_ms:>7.2f} {row.p95_ms:>7.2f}  {costs}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


async def _measure(store: MongodProcess, town: Town, progress: Progress) -> list[Row]:
    await fill(store.url, town)
    client = connect(store.url, timeout_ms=5000)
    payments = town.last_week.tolist()
    rows: list[Row] = []
    for number, size in enumerate(SIZES):
        progress(f"batches of {size}", number, len(SIZES))
        chance = random.Random(size)  # noqa: S311
        batches = [[town.query(row) for row in chance.sample(payments, size)] for _ in range(READS)]
        latencies_ms: dict[str, list[float]] = defaultdict(list)
        brain_s: dict[str, float] = defaultdict(float)
        mongod_s: dict[str, float] = defaultdict(float)
        for block in range(BLOCKS + 1):
            for name, read in SHAPES.items():
                before_s = time.process_time(), cpu_s(store.pid)
                took_ms = [await _time_ms(read, client[DATABASE], batch) for batch in batches]
                if block:  # the first one warms up
                    latencies_ms[name] += took_ms
                    brain_s[name] += time.process_time() - before_s[0]
                    mongod_s[name] += cpu_s(store.pid) - before_s[1]
        for name in SHAPES:
            ordered, count = sorted(latencies_ms[name]), BLOCKS * READS * size
            p50_ms, p95_ms = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
            brain_us, mongod_us = (used_s[name] / count * 1e6 for used_s in (brain_s, mongod_s))
            rows.append(Row(size, name, p50_ms, p95_ms, brain_us, mongod_us))
    client.close()
    return rows


async def _time_ms(read: Read, database: Database, batch: Sequence[Query]) -> float:
    users = list(dict.fromkeys(query.user_id for query in batch))
    merchants = list(dict.fromkeys(query.merchant_id for query in batch if query.merchant_id is not None))
    started_s = time.perf_counter()
    await read(database, users, merchants)
    return (time.perf_counter() - started_s) * 1000


def _among(keys: Sequence[str]) -> Document:
    return {"_id": {"$in": list(keys)}}
