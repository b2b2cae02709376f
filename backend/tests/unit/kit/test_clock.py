"""A clock that is wrong is known by the ledger's, and takes no payment its verdict."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.domain import Transaction
from gateway.errors import InvalidRequest
from gateway.kit import clock as gateway_clock
from gateway.verdict.intake.decoding import to_transaction, validate
from gateway.verdict.intake.schemas import LabelIn, ListEntryIn
from gateway.verdict.rendering import to_review_out
from tests.clock import Clock

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    """So many."""
    return timedelta(minutes=count)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """This machine's clock says that it is noon, and the ledger's was not read yet."""
    monkeypatch.setattr(gateway_clock, "LEDGER", gateway_clock.LedgerClock(NOON.timestamp, clock))


def read(true_time: datetime, clock: Clock) -> None:
    """The ledger says what time it is; the answer took no time."""
    gateway_clock.LEDGER.update(true_time, asked_s=clock())


def paid_at(time: datetime | None) -> Transaction:
    """A payment; its time is left out when it is None."""
    body = {"transaction_id": "t", "amount": Decimal(1), "currency": "USD", "user_id": "u"}
    return to_transaction(body if time is None else body | {"timestamp": time.isoformat()})


def is_taken(time: datetime) -> bool:
    """Whether a payment with this time gets a verdict."""
    try:
        return paid_at(time).transaction_id == "t"
    except InvalidRequest as refused:
        return [place.pointer for place in refused.field_errors] != ["/timestamp"]


@pytest.mark.parametrize(
    ("theirs", "is_wrong"), [(0.0, False), (0.15, False), (0.2, True), (10.0, True), (-10.0, True)]
)
def test_the_skew_is_ours_minus_the_ledgers(clock: Clock, theirs: float, is_wrong: bool) -> None:
    """In minutes here. More than 10 s are no clock that somebody keeps."""
    read(NOON + minutes(theirs), clock)

    assert gateway_clock.LEDGER.skew == -minutes(theirs)
    assert gateway_clock.LEDGER.is_wrong == is_wrong


def test_an_answer_tells_the_time_of_half_its_way(clock: Clock) -> None:
    """A slow one makes no skew."""
    asked_s = clock()
    clock.now_s += 0.8

    gateway_clock.LEDGER.update(NOON - timedelta(seconds=0.4), asked_s=asked_s)

    assert gateway_clock.LEDGER.skew == timedelta()


def test_a_gateway_that_is_slow_takes_the_right_time(clock: Clock) -> None:
    """10 minutes behind, also long after the ledger went away; what both clocks call the future is refused."""
    read(NOON + minutes(10), clock)
    clock.now_s += 3600  # our own stands still meanwhile

    assert is_taken(NOON + minutes(70))
    assert paid_at(NOON + minutes(70)).event_time == NOON + minutes(70)
    assert paid_at(NOON + minutes(70)).unusable == ()
    assert not is_taken(NOON + minutes(76))


def test_a_gateway_that_is_fast_takes_the_right_time(clock: Clock) -> None:
    """Whichever of the clocks is wrong."""
    read(NOON - minutes(60), clock)

    assert is_taken(NOON - minutes(60))
    assert is_taken(NOON)
    assert not is_taken(NOON + minutes(6))


def test_a_payment_without_time_gets_the_ledgers_when_ours_is_wrong(clock: Clock) -> None:
    """All gateways order a history by the same clock; differences of milliseconds change nothing."""
    read(NOON + timedelta(seconds=1), clock)
    near = paid_at(None).event_time
    read(NOON + minutes(10), clock)

    assert (near, paid_at(None).event_time) == (NOON, NOON + minutes(10))


def test_before_the_ledger_was_heard_a_time_ahead_counts_as_now_and_is_said() -> None:
    """Nobody can say whose clock is wrong: the payment gets its verdict, and no history an event of the future."""
    transaction = paid_at(NOON + minutes(10))

    assert transaction.event_time == NOON
    assert transaction.unusable == ("timestamp",)
    assert transaction.request["timestamp"] == "2026-11-30T12:10:00Z"
    assert paid_at(NOON + minutes(4)).event_time == NOON + minutes(4)
    assert not is_taken(NOON + timedelta(hours=25))


def test_labels_and_lists_are_held_against_both_clocks_too(clock: Clock) -> None:
    """A chargeback that just became known on a slow gateway, and an expiry in 5 minutes on a fast one."""
    read(NOON + minutes(10), clock)
    label = {"is_fraud": True, "source": "chargeback", "known_at": (NOON + minutes(10)).isoformat()}
    assert validate(LabelIn, label).known_at == NOON + minutes(10)

    read(NOON - minutes(10), clock)
    entry = {"reason": "x", "expires_at": (NOON - minutes(5)).isoformat()}
    assert validate(ListEntryIn, entry).expires_at == NOON - minutes(5)


def test_a_claim_runs_out_by_the_ledgers_clock(clock: Clock) -> None:
    """Which set its end: a slow gateway would keep others from the review for 10 minutes more."""
    review = {
        "state": "claimed", "reason": "verdict", "since": NOON, "amount_reference_minor": 1, "claimed_by": "alice",
        "claimed_at": NOON, "claim_until": NOON + minutes(5), "history": [],
    }  # fmt: skip
    held = to_review_out(review)["claimed_by"]
    read(NOON + minutes(10), clock)

    assert (held, to_review_out(review)["claimed_by"]) == ("alice", None)
