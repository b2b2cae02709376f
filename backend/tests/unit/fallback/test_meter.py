"""What is spent of caps, and how much of it a crash can forget: nothing."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.fallback.meter import Claim, Meter, Reservation, Taken
from gateway.fallback.policy import Cap

OUTAGE = Claim(Cap.PER_OUTAGE, "outage", limit=1_000, chunk=100, is_hourly=False)
HOURLY = Claim(Cap.PER_USER_HOUR, "user:u1", limit=500, chunk=50, is_hourly=True)
NOW_S = 1_700_000_000.0
HOUR_S = 3_600.0


def test_an_amount_is_taken_from_every_cap_or_from_none() -> None:
    """What one cap refuses is not spent of another."""
    meter = Meter()

    refused = meter.take(600, [OUTAGE, HOURLY], now_s=NOW_S)

    assert refused is Cap.PER_USER_HOUR
    assert meter.spent("outage") == 0
    assert isinstance(meter.take(500, [OUTAGE, HOURLY], now_s=NOW_S), Taken)
    assert meter.take(1, [OUTAGE, HOURLY], now_s=NOW_S) is Cap.PER_USER_HOUR


def test_most_payments_find_room_in_a_reservation() -> None:
    """One commit for each chunk, and not for each payment."""
    meter, commits = Meter(), 0

    for _ in range(100):
        taken = meter.take(10, [OUTAGE], now_s=NOW_S)
        assert isinstance(taken, Taken)
        if not taken.is_safe:
            taken.confirm()
            commits += 1

    assert meter.spent("outage") == 1_000
    assert commits <= 10


def test_a_payment_waits_for_its_own_reservation_also_behind_another() -> None:
    """Two at once: the second is not safe because the first has asked for room."""
    meter = Meter()

    first, second = (meter.take(10, [OUTAGE], now_s=NOW_S) for _ in range(2))

    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert not first.is_safe
    assert not second.is_safe
    second.confirm()
    assert first.is_safe


def test_what_is_undone_can_be_spent_again() -> None:
    """A payment whose reservation the disk did not take."""
    meter = Meter()
    taken = meter.take(1_000, [OUTAGE], now_s=NOW_S)
    assert isinstance(taken, Taken)

    taken.undo()

    assert isinstance(meter.take(1_000, [OUTAGE], now_s=NOW_S), Taken)


def test_nothing_costs_nothing() -> None:
    """A payment of 0 passes no cap, not even one that is used up, and nothing is remembered of it."""
    meter = Meter()
    meter.take(1_000, [OUTAGE], now_s=NOW_S)

    assert isinstance(meter.take(0, [OUTAGE, HOURLY], now_s=NOW_S), Taken)
    assert meter.keys == 1


def test_the_end_of_an_outage_ends_its_cap_and_no_hour() -> None:
    """They are two caps."""
    meter = Meter()
    meter.take(500, [OUTAGE, HOURLY], now_s=NOW_S)

    meter.end_outage()

    assert meter.spent("outage") == meter.committed("outage") == 0
    assert meter.take(1, [HOURLY], now_s=NOW_S) is Cap.PER_USER_HOUR


def test_a_clock_that_is_set_back_forgives_nothing() -> None:
    """What was spent in its future still counts."""
    meter = Meter()
    meter.take(500, [HOURLY], now_s=NOW_S)

    assert meter.take(1, [HOURLY], now_s=NOW_S - 2 * HOUR_S) is Cap.PER_USER_HOUR


@given(st.lists(st.tuples(st.integers(0, 1_200), st.integers(1, 300), st.booleans()), max_size=60))
def test_no_hour_holds_more_than_its_cap_whatever_crashes(steps: list[tuple[int, int, bool]]) -> None:
    """For any hour, begun at any second; a crash after any payment keeps the promise, from what is on disk."""
    meter, now_s = Meter(), NOW_S
    disk: dict[tuple[str, int], Reservation] = {}
    approved: list[tuple[float, int]] = []

    for pause_s, amount, is_crash in steps:
        now_s += pause_s
        taken = meter.take(amount, [HOURLY], now_s=now_s)
        if isinstance(taken, Taken):
            if not taken.is_safe:
                disk.update({(kept.key, kept.bucket): kept for kept in taken.wanted})
                taken.confirm()
            approved.append((now_s, amount))
        if is_crash:
            meter = Meter()
            meter.restore(disk.values())
        meter.forget_before(now_s)

    for begin_s, _ in approved:
        assert sum(amount for at_s, amount in approved if begin_s <= at_s < begin_s + HOUR_S) <= HOURLY.limit


@given(st.lists(st.integers(1, 300), max_size=30), st.integers(0, 29))
def test_a_crash_costs_a_chunk_at_most(amounts: list[int], crash_at: int) -> None:
    """And nobody gets it twice."""
    meter = Meter()
    disk = 0
    for amount in amounts[:crash_at]:
        taken = meter.take(amount, [OUTAGE], now_s=NOW_S)
        if isinstance(taken, Taken) and not taken.is_safe:
            disk = max(disk, taken.wanted[0].amount)
            taken.confirm()
    spent = meter.spent("outage")

    meter = Meter()
    meter.restore([Reservation("outage", -1, disk)])

    assert spent <= meter.spent("outage") <= spent + OUTAGE.chunk
