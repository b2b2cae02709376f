"""Which payments the review threshold is taken from, and where it aims."""

import pytest

from gateway.verdict.budgets.target import target_bin
from gateway.verdict.budgets.window import NEWEST_SLOTS, PAYMENTS_MAX, SLOT_S, Slot, Window, slot_of

EVEN = dict.fromkeys(range(100), 1)  # a payment in each of a hundred bins


def slots(*counts: dict[int, int]) -> list[tuple[int, Slot]]:
    """One after the other."""
    return [(n, Slot(dict(each), sum(each.values()))) for n, each in enumerate(counts)]


@pytest.mark.parametrize("hours", [4, 24])
def test_two_in_a_hundred_lie_above_it(hours: int) -> None:
    """Exactly, where every hour is like the others."""
    assert target_bin(slots(*[EVEN] * (6 * hours)), lowest=0) == 97


@pytest.mark.parametrize("hours", [4, 24])
@pytest.mark.parametrize("bad", [1, 2])
def test_the_worst_periods_are_left_out(hours: int, bad: int) -> None:
    """So many tens of minutes full of high scores change nothing, wherever they lie."""
    all_slots = [EVEN] * (6 * hours)
    for at in (5, 6, 13, 14)[: 2 * bad]:
        all_slots[at] = {500: 600}

    assert target_bin(slots(*all_slots), lowest=0) == 97


def test_what_is_high_all_day_is_not_left_out() -> None:
    """A model that does not fit is wrong at every hour: one in ten scores is high, so the threshold goes there."""
    misfit = {0: 90, 500: 10}

    assert target_bin(slots(*[misfit] * 144), lowest=0) == 500


def test_too_few_payments_say_nothing() -> None:
    """1,000 have to be left without the worst hours."""
    assert target_bin(slots(*[EVEN] * 9), lowest=0) is None
    assert target_bin([], lowest=0) is None
    assert target_bin(slots(*[EVEN] * 10), lowest=0) == 97
    assert target_bin(slots(*[EVEN] * 9, {500: 5_000}), lowest=0) is None


def test_the_newest_hour_does_not_count_and_the_last_10_000_do() -> None:
    """Whatever is older than those is forgotten."""
    window, now = Window(), slot_of(1_800_000_000.0)
    for n in range(now - 500, now + 1):
        window.add(n, "one", {0: 100})

    counted = window.last_payments(now)

    assert sum(slot.payments for _, slot in counted) == PAYMENTS_MAX
    assert counted[-1][0] == now - NEWEST_SLOTS - 1
    assert (now - counted[-1][0] - 1) * SLOT_S == 3600
    window.forget_before(counted[0][0], now)
    assert len(list(window.slots())) == 100 + NEWEST_SLOTS + 1


def test_what_is_heard_twice_is_counted_once() -> None:
    """And two gateways' counts of the same ten minutes are added."""
    window = Window()

    assert [window.add(1, source, {0: 3, 7: 1}) for source in ("one", "other", "one")] == [True, True, False]
    ((_, counts, sources),) = window.slots()
    assert (counts, set(sources)) == ({0: 6, 7: 2}, {"one", "other"})
