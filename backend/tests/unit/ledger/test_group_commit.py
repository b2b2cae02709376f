"""Group commit: batches grow by themselves, every caller gets its own result, and nothing hangs on a hung write."""

import asyncio
from collections.abc import Mapping, Sequence

import bson
import pytest
from bson.raw_bson import RawBSONDocument

from gateway.errors import LedgerFailure, LedgerOverloaded, LedgerUnavailable, LedgerUnconfirmed
from gateway.ledger.writer import GroupCommitWriter, Written


class FakeCollection:
    """Keeps the batches; waits while `gate` is closed; answers what `results` says."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.results: dict[int, Written | LedgerFailure] = {}
        self.failure: LedgerFailure | None = None

    async def insert(self, documents: Sequence[RawBSONDocument]) -> Mapping[int, Written | LedgerFailure]:
        numbers = [int(document["number"]) for document in documents]
        self.batches.append(numbers)
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return {index: self.results[n] for index, n in enumerate(numbers) if n in self.results}


@pytest.fixture
async def collection() -> FakeCollection:
    """One for each test."""
    return FakeCollection()


Writer = GroupCommitWriter[RawBSONDocument]


def new_writer(collection: FakeCollection, *, in_flight_max: int = 1, queue_max: int = 100) -> Writer:
    """Short budget: a test waits for it."""
    return GroupCommitWriter(
        collection.insert, budget_s=0.1, queue_max=queue_max, batch_max=50, in_flight_max=in_flight_max
    )


def document(number: int) -> RawBSONDocument:
    """Any document."""
    return RawBSONDocument(bson.encode({"_id": number, "number": number}))


async def under_way(writer: Writer, number: int) -> "asyncio.Future[Written]":
    """Begin to write a document. Returns once its batch is in flight."""
    writing = asyncio.ensure_future(writer.write(document(number)))
    for _ in range(2):  # turns of the event loop: it queues; a batch is made of what has queued
        await asyncio.sleep(0)
    return writing


async def test_what_queues_during_a_write_goes_out_together(collection: FakeCollection) -> None:
    """One write for the first, one for the ten that came meanwhile: no timer, no write a document."""
    writer = new_writer(collection)
    collection.gate.clear()
    writes = [await under_way(writer, 0), *[asyncio.ensure_future(writer.write(document(n))) for n in range(1, 11)]]
    await asyncio.sleep(0)

    collection.gate.set()
    results = await asyncio.gather(*writes)

    assert collection.batches == [[0], list(range(1, 11))]
    assert results == [Written.INSERTED] * 11


async def test_what_comes_in_one_turn_of_the_loop_goes_out_together(collection: FakeCollection) -> None:
    """Scores come by the message: the first of them takes no write for itself, while the others wait for its end."""
    writer = new_writer(collection)

    await asyncio.gather(*(writer.write(document(n)) for n in range(11)))

    assert collection.batches == [list(range(11))]


async def test_a_crowd_is_shared_out_among_the_writes_in_flight(collection: FakeCollection) -> None:
    """In one write all would wait together, be answered together and come again together, and nothing would overlap."""
    writer = new_writer(collection, in_flight_max=2)
    collection.gate.clear()

    writes = [asyncio.ensure_future(writer.write(document(n))) for n in range(80)]
    while len(collection.batches) < 2:
        await asyncio.sleep(0)
    collection.gate.set()
    await asyncio.gather(*writes)

    assert collection.batches == [list(range(40)), list(range(40, 80))]


async def test_a_few_wait_for_the_write_that_is_under_way(collection: FakeCollection) -> None:
    """There is a second place, and a write for three of them would cost what it costs for thirty."""
    writer = new_writer(collection, in_flight_max=2)
    collection.gate.clear()

    writes = [await under_way(writer, 0), *[await under_way(writer, n) for n in range(1, 4)]]
    collection.gate.set()
    await asyncio.gather(*writes)

    assert collection.batches == [[0], [1, 2, 3]]


async def test_a_few_do_not_wait_for_a_write_that_hangs(collection: FakeCollection) -> None:
    """They take the second place while the first one is still waited for."""
    writer = new_writer(collection, in_flight_max=2)
    collection.gate.clear()

    writes = [await under_way(writer, n) for n in range(3)]
    while len(collection.batches) < 2:
        await asyncio.sleep(0)
    is_waited_for = not writes[0].done()
    collection.gate.set()
    await asyncio.gather(*writes)

    assert is_waited_for
    assert collection.batches == [[0], [1, 2]]


async def test_each_caller_gets_its_own_result(collection: FakeCollection) -> None:
    """A duplicate and a refused document do not colour their neighbours."""
    collection.results = {1: Written.DUPLICATE, 2: LedgerUnavailable("refused")}
    writer = new_writer(collection)

    results = await asyncio.gather(*(writer.write(document(n)) for n in range(4)), return_exceptions=True)

    assert [results[0], results[1], results[3]] == [Written.INSERTED, Written.DUPLICATE, Written.INSERTED]
    assert isinstance(results[2], LedgerUnavailable)


async def test_a_hung_write_costs_its_budget_and_nobody_elses(collection: FakeCollection) -> None:
    """Its place in flight is free again when the budget is spent."""
    writer = new_writer(collection)
    collection.gate.clear()
    with pytest.raises(LedgerUnconfirmed):
        await writer.write(document(1))

    collection.gate.set()

    assert await writer.write(document(2)) is Written.INSERTED


async def test_whose_caller_gave_up_is_not_written_afterwards(collection: FakeCollection) -> None:
    """A queued document whose caller was already told 503 stays out of the ledger."""
    writer = new_writer(collection)
    collection.gate.clear()
    writes = [await under_way(writer, 0), writer.write(document(1)), writer.write(document(2))]
    results = await asyncio.gather(*writes, return_exceptions=True)
    collection.gate.set()

    await writer.write(document(9))

    assert all(isinstance(result, LedgerUnconfirmed) for result in results)
    assert collection.batches == [[0], [9]]


async def test_a_failed_batch_fails_all_its_callers(collection: FakeCollection) -> None:
    """Nobody of it is acknowledged."""
    collection.failure = LedgerUnavailable("away")
    writer = new_writer(collection)

    results = await asyncio.gather(*(writer.write(document(n)) for n in range(3)), return_exceptions=True)

    assert [type(result) for result in results] == [LedgerUnavailable] * 3


async def test_the_queue_is_bounded(collection: FakeCollection) -> None:
    """Past the bound the caller is told at once."""
    writer = new_writer(collection, queue_max=2)
    collection.gate.clear()
    writes = [await under_way(writer, 0), *[asyncio.ensure_future(writer.write(document(n))) for n in (1, 2)]]
    await asyncio.sleep(0)

    with pytest.raises(LedgerOverloaded):
        await writer.write(document(4))

    collection.gate.set()
    assert await asyncio.gather(*writes) == [Written.INSERTED] * 3
