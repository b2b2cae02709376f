"""The memory is read from the ledger: backwards at the start, forwards from then on, each payment once."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from brain.columns import TRANSACTION, USER
from brain.domain import DAY_MS, Query
from brain.history.coverage import LATE_S, UNCOMMITTED_S
from brain.history.layout import FRAUD, NONE
from brain.history.ledger import PAGE, Ledger
from brain.history.memory import Memory
from brain.history.rows import key_of, rows_of
from brain.history.scan import FirstScan, to_ms
from brain.history.tables import slot_of
from brain.history.tail import ALL_RUNS_EVERY, ERASURES_EVERY, LedgerTail
from brain.scoring.features import read_features
from money.currencies import load_rates
from protos import fraud_pb2
from records.erasures import ERASURES, RecordedErasure
from records.labels import LABELS
from records.runs import RUNS
from tests.brain_calls import NOON_MS, a_transaction
from tests.clock import Clock
from tests.recorded import CommittedRun, committed_run

RATES = load_rates()


class Reader:
    """One brain's memory of a ledger, read step by step."""

    def __init__(self, ledger: Ledger, *, size_mib: float = 1) -> None:
        self.clock = Clock()
        self.memory = Memory(size_mib, self.clock)
        self.scan = FirstScan(ledger, self.memory, RATES)
        self.tail = LedgerTail(ledger, self.memory, RATES)

    async def start(self) -> None:
        await self.tail.begin()
        await self.scan.read()

    def knows(self, transactions: Sequence[fraud_pb2.Transaction]) -> list[bool]:
        return [self.slot(transaction.transaction_id) != NONE for transaction in transactions]

    def is_incomplete(self, payment: Query) -> bool:
        return bool(read_features(self.memory, rows_of([payment]))[1][0])

    def slot(self, transaction_id: str) -> int:
        return slot_of(self.memory.ring, TRANSACTION, key_of(transaction_id))


@pytest.fixture
def run(mongod_url: str, fresh_databases: Mapping[str, str]) -> Iterator[CommittedRun]:
    """A run of a gateway."""
    with committed_run(mongod_url, fresh_databases) as run:
        yield run


@pytest.fixture
async def ledger(mongod_url: str, fresh_databases: Mapping[str, str]) -> AsyncIterator[Ledger]:
    """A brain's view of that ledger."""
    ledger = Ledger(mongod_url, fresh_databases["BRAIN_LEDGER_DATABASE"])
    yield ledger
    ledger.close()


def payments(name: str, count: int) -> list[fraud_pb2.Transaction]:
    """Payments of one user."""
    return [a_transaction(f"{name}_{n}") for n in range(count)]


async def test_all_payments_are_read_once_wherever_the_start_falls(run: CommittedRun, ledger: Ledger) -> None:
    """Settled before, unsettled at the start, and new afterwards; several pages of each run."""
    before, open_, after = payments("before", PAGE + 7), payments("open", 5), payments("after", PAGE + 3)
    run.commit(before)
    run.commit(open_, is_settled=False)
    other = CommittedRun(run.ledger.client, run.ledger.name)
    reader = Reader(ledger)

    await reader.start()
    other.commit(after)
    await reader.tail.look()
    run.settle()
    await reader.tail.look()

    assert all(reader.knows([*before, *open_, *after]))
    assert reader.memory.payments == len(before) + len(open_) + len(after)


async def test_nothing_unsettled_is_passed_by(run: CommittedRun, ledger: Ledger) -> None:
    """A record whose write ends after that of a later one is read when the run says so."""
    reader = Reader(ledger)
    await reader.start()
    late, early = payments("late", 1), payments("early", 1)
    run.commit(late, is_settled=False)
    run.commit(early, is_settled=False)

    await reader.tail.look()
    assert not any(reader.knows([*late, *early]))

    run.settle()
    await reader.tail.look()
    assert all(reader.knows([*late, *early]))


async def test_labels_come_before_during_and_after_the_scan(run: CommittedRun, ledger: Ledger) -> None:
    """Whether the payment is known already or not; a correction replaces a label."""
    some = payments("t", 3)
    run.commit(some[:2])
    run.label("t_0", is_fraud=True, known_at_ms=NOON_MS)
    reader = Reader(ledger)
    await reader.start()
    run.label("t_1", is_fraud=True, known_at_ms=NOON_MS)
    run.label("t_2", is_fraud=True, known_at_ms=NOON_MS)
    run.label("t_0", is_fraud=False, known_at_ms=NOON_MS, revision=2)

    await reader.tail.look()
    run.commit(some[2:])
    await reader.tail.look()

    marks = [reader.memory.ring.events[reader.slot(one.transaction_id)]["marks"] for one in some]
    assert [bool(mark & FRAUD) for mark in marks] == [False, True, True]


async def test_the_history_of_an_erased_person_goes(run: CommittedRun, ledger: Ledger) -> None:
    """The payments stay in the merchant's history; a brain that starts later reads no person at all."""
    some = payments("t", 3)
    run.commit(some)
    running, later = Reader(ledger), Reader(ledger)
    await running.start()

    run.erase("t_0", "t_1", "t_2")
    await running.tail.look()
    await later.start()

    for reader in (running, later):
        assert slot_of(reader.memory.ring, USER, key_of("user_1")) == NONE
        assert all(reader.knows(some))


async def test_a_full_memory_keeps_the_newest(run: CommittedRun, ledger: Ledger) -> None:
    """At the start as well as later; and it says since when it holds all."""
    old, new, newer = payments("old", 6), payments("new", 8), payments("newer", 4)
    for n, payment in enumerate([*old, *new[::-1], *newer]):
        payment.event_time_ms += n
    run.commit(old, age=timedelta(days=2))
    run.commit(new, age=timedelta(days=1))
    reader = Reader(ledger, size_mib=0.002)  # 11 payments

    await reader.start()
    assert (sum(reader.knows(old)), sum(reader.knows(new))) == (3, 8)
    assert reader.memory.is_full

    run.commit(newer)
    await reader.tail.look()
    assert (sum(reader.knows(old)), sum(reader.knows(new)), sum(reader.knows(newer))) == (0, 7, 4)
    assert reader.memory.since_ms == new[-2].event_time_ms


async def test_the_scan_ends_where_no_window_reaches(run: CommittedRun, ledger: Ledger) -> None:
    """And says how far it has come, page by page: which histories are whole is known early."""
    recent, ancient = payments("recent", PAGE), payments("ancient", PAGE + 1)
    run.commit(recent)
    run.commit(ancient, age=timedelta(days=60))
    reader = Reader(ledger)

    await reader.start()

    assert reader.memory.payments == 2 * PAGE  # the page in which the horizon was passed
    assert all(reader.knows(recent))
    assert not reader.memory.coverage.is_complete, "no news was read yet"
    await reader.tail.look()
    assert reader.memory.coverage.is_complete


async def test_a_record_that_is_none_of_ours_is_left_out(run: CommittedRun, ledger: Ledger) -> None:
    """It holds up nothing."""
    some = payments("t", 3)
    run.commit(some)
    run.ledger["transactions"].update_one({"transaction_id": "t_1"}, {"$set": {"amount": "much"}})
    reader = Reader(ledger)

    await reader.start()

    assert reader.knows(some) == [True, False, True]


async def test_a_payment_of_long_ago_is_not_scored_with_half_of_its_history(run: CommittedRun, ledger: Ledger) -> None:
    """Older payments than the scan reads are in the ledger, and a window of back then would reach them."""
    run.commit(payments("recent", PAGE))
    run.commit(payments("ancient", PAGE + 1), age=timedelta(days=60))
    reader = Reader(ledger)
    await reader.start()
    await reader.tail.look()
    now_ms = to_ms(datetime.now(UTC))

    late, later = (Query("q", now_ms - days * DAY_MS, 100, "user_1", "merchant_1") for days in (2, 30))

    assert (reader.is_incomplete(late), reader.is_incomplete(later)) == (False, True)


async def test_what_was_scored_in_an_outage_is_kept_until_gateways_could_bring_it(
    run: CommittedRun, ledger: Ledger
) -> None:
    """They kept it in their journals, for longer than what is never committed is kept."""
    reader = Reader(ledger)
    await reader.start()
    await reader.tail.look()
    scored = [Query(f"s{n}", NOON_MS, 100, "user_1", "merchant_1") for n in range(2)]
    reader.memory.add_scored(scored, rows_of(scored))

    reader.clock.now_s += 2 * UNCOMMITTED_S
    await reader.tail.look()
    assert NONE not in (reader.slot("s0"), reader.slot("s1"))

    run.commit([a_transaction("s0")])
    for _ in range(round(UNCOMMITTED_S / 10)):
        reader.clock.now_s += 10
        await reader.tail.look()
    assert reader.slot("s0") != NONE
    assert reader.slot("s1") == NONE


async def test_a_wrong_clock_of_the_server_hides_nothing(run: CommittedRun, ledger: Ledger) -> None:
    """One member of the replica set is an hour ahead; it was the primary for a moment."""
    ahead = {"$set": {name: datetime.now(UTC) + timedelta(hours=1) for name in ("settled_at", "recorded_at", "at")}}
    first, second = payments("first", 1), payments("second", 1)
    run.commit(first)
    run.label("first_0", is_fraud=True, known_at_ms=NOON_MS)
    run.erase("first_0")
    for collection in (RUNS, LABELS, ERASURES):
        run.ledger[collection].update_many({}, ahead)
    reader = Reader(ledger)
    await reader.start()
    await reader.tail.look()

    CommittedRun(run.ledger.client, run.ledger.name).commit(second)
    run.label("second_0", is_fraud=True, known_at_ms=NOON_MS)
    for _ in range(ALL_RUNS_EVERY):
        await reader.tail.look()
    run.erase("second_0")
    for _ in range(ERASURES_EVERY):
        await reader.tail.look()

    assert reader.knows(second) == [True]
    assert reader.memory.ring.events[reader.slot("second_0")]["marks"] & FRAUD
    assert slot_of(reader.memory.ring, USER, key_of("user_1")) == NONE


async def test_a_look_that_took_long_is_no_news_of_its_end(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was settled while it read is still to come."""
    reader = Reader(ledger)
    await reader.start()
    read = ledger.erasures_since

    async def slowly(at: datetime | None) -> list[RecordedErasure]:
        reader.clock.now_s += LATE_S + 1
        return await read(at)

    monkeypatch.setattr(ledger, "erasures_since", slowly)
    await reader.tail.look()

    assert reader.memory.coverage.is_late
