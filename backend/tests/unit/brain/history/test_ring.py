"""The memory holds the newest payments, each once and findable, whatever comes in whatever order."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.columns import (
    AMOUNT_MINOR,
    CARD,
    COLUMNS,
    EMAIL,
    IS_BLOCKED,
    KEYS,
    KINDS,
    MERCHANT,
    NOBODY,
    TIME_MS,
    TRANSACTION,
    USER,
    Rows,
)
from brain.history.layout import (
    BLOCKED,
    COMMITTED,
    FRAUD,
    GONE,
    NEVER_MS,
    NEXT,
    NONE,
    NUMBER_SHIFT,
    OLDEST,
    SCORED,
    Ring,
    make_ring,
)
from brain.history.lists import WALK_MAX
from brain.history.ring import (
    add_label,
    add_recorded,
    add_scored,
    forget_person,
    remove_scored,
)
from brain.history.tables import slot_of

TINY_MIB = 0.002  # 11 events


@dataclass(frozen=True)
class Payment:
    """A row of the memory."""

    time_ms: int
    amount: int
    blocked: bool
    user: int
    merchant: int
    transaction: int
    card: int = NOBODY
    email: int = NOBODY
    scored_s: int | None = None
    label: tuple[bool, int, int] | None = None

    def row(self) -> list[int]:
        row = [NOBODY] * COLUMNS
        row[TIME_MS], row[AMOUNT_MINOR], row[IS_BLOCKED] = self.time_ms, self.amount, int(self.blocked)
        row[KEYS : KEYS + len(KINDS) + 1] = self.keys()
        return row

    def keys(self) -> list[int]:
        """Of its user, merchant, card, device, address, email and transaction."""
        return [self.user, self.merchant, self.card, NOBODY, NOBODY, self.email, self.transaction]


@dataclass
class Model:
    """The same memory, as plainly as possible: places from the oldest to the newest, None where one was removed."""

    capacity: int
    places: list[Payment | None] = field(default_factory=list)

    @property
    def living(self) -> dict[int, Payment]:
        return {one.transaction: one for one in self.places if one is not None}

    def add_scored(self, payments: Iterable[Payment], now_s: int) -> None:
        for one in payments:
            if one.transaction not in self.living:
                self._append(replace(one, scored_s=now_s))

    def add_recorded(self, payments: Iterable[Payment], is_backwards: bool) -> int:
        for n, one in enumerate(payments):
            known = self.living.get(one.transaction)
            if known is not None:
                if known.scored_s is not None:
                    self.places[self.places.index(known)] = one
            elif not is_backwards:
                self._append(one)
            elif len(self.places) == self.capacity:
                return n
            else:
                self.places.insert(0, one)
        return len(list(payments))

    def add_label(self, transaction: int, label: tuple[bool, int, int]) -> bool:
        known = self.living.get(transaction)
        if known is None or known.scored_s is not None:
            return False
        if label[2] > (known.label[2] if known.label else 0):
            self.places[self.places.index(known)] = replace(known, label=label)
        return True

    def remove_scored(self, before_s: int) -> None:
        for n, one in enumerate(self.places):
            if one is not None and one.scored_s is not None and one.scored_s < before_s:
                self.places[n] = None

    def forget_person(self, transaction: int) -> None:
        known = self.living.get(transaction)
        if known is not None:
            self.places[self.places.index(known)] = replace(known, user=NOBODY, card=NOBODY, email=NOBODY)

    def _append(self, one: Payment) -> None:
        if len(self.places) == self.capacity:
            self.places.pop(0)
        self.places.append(one)


USERS, MERCHANTS = st.sampled_from([5, -7, 2**61]), st.sampled_from([NOBODY, 5, 21])
SOME = st.lists(
    st.builds(
        Payment,
        st.integers(0, 9),
        st.integers(0, 5),
        st.booleans(),
        USERS,
        MERCHANTS,
        st.integers(0, 30),
        MERCHANTS,
        MERCHANTS,
    ),
    min_size=1,
    max_size=6,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("score"), SOME),
        st.tuples(st.just("record"), SOME),
        st.tuples(st.just("read_back"), SOME),
        st.tuples(st.just("label"), st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 3))),
        st.tuples(st.just("expire"), st.integers(0, 3)),
        st.tuples(st.just("forget"), st.integers(0, 30)),
    ),
    max_size=25,
)


@settings(max_examples=200)
@given(STEPS)
def test_it_holds_what_the_plain_memory_holds(steps: list[tuple[str, object]]) -> None:
    """After every step: the same payments with the same marks, each list complete and newest first."""
    ring = make_ring(TINY_MIB)
    model = Model(len(ring.events))
    for now_s, (step, what) in enumerate(steps):
        match step, what:
            case "score", list():
                add_scored(ring, rows(what), now_s)
                model.add_scored(what, now_s)
            case "record" | "read_back", list():
                is_backwards = step == "read_back"
                assert add_recorded(ring, rows(what), is_backwards) == model.add_recorded(what, is_backwards)
            case "label", (int(transaction), bool(is_fraud), int(revision)):
                label = (is_fraud, 50 + revision, revision)
                assert add_label(ring, transaction, *label) == model.add_label(transaction, label)
            case "expire", int(ago_s):
                remove_scored(ring, now_s - ago_s)
                model.remove_scored(now_s - ago_s)
            case "forget", int(transaction):
                forget_person(ring, transaction)
                model.forget_person(transaction)

        assert held(ring) == {key: stored(one) for key, one in model.living.items()}
        committed = sum(one.scored_s is None for one in model.living.values())
        assert ring.state[COMMITTED] == committed
        for kind, name in ((USER, "user"), (MERCHANT, "merchant"), (CARD, "card"), (EMAIL, "email")):
            for key in (5, -7, 2**61, 21):
                of_key = [one for one in model.living.values() if getattr(one, name) == key]
                assert listed(ring, kind, key) == sorted(one.transaction for one in of_key)


def test_what_belongs_too_far_inside_a_list_is_left_out_of_it() -> None:
    """It stands in its other lists, and is removed like any other."""
    ring = make_ring(2)
    times = range(0, 4 * WALK_MAX + 20, 2)
    add_recorded(ring, rows(Payment(time_ms, 1, False, 5, 9, time_ms) for time_ms in times), False)

    middle = Payment(2 * WALK_MAX + 11, 1, False, 5, 21, -8)
    near = Payment(WALK_MAX + 1, 1, False, 5, 21, -9)
    add_recorded(ring, rows([middle, near]), False)

    assert listed(ring, USER, 5) == sorted([near.transaction, *times])
    assert listed(ring, MERCHANT, 21) == [near.transaction, middle.transaction]


@pytest.mark.parametrize("size_mib", [0.002, 1, 128])
def test_it_takes_no_more_memory_than_it_may(size_mib: float) -> None:
    """And nearly all of that: three quarters at least."""
    ring = make_ring(size_mib)

    taken = ring.events.nbytes + ring.tables.nbytes
    assert 0.75 * size_mib * 2**20 < taken <= size_mib * 2**20
    assert ring.bytes_per_event < 200


def rows(payments: Iterable[Payment]) -> Rows:
    return np.array([one.row() for one in payments], dtype=np.int64)


def stored(one: Payment) -> tuple[object, ...]:
    """The event that a payment becomes: time, when its label was known, amount, marks, and keys."""
    marks = (BLOCKED if one.blocked else 0) | (SCORED if one.scored_s is not None else 0)
    is_fraud, known_at_ms, revision = one.label or (False, NEVER_MS, 0)
    marks |= (FRAUD if is_fraud else 0) | ((one.scored_s or revision) << NUMBER_SHIFT)
    return one.time_ms, known_at_ms, one.amount, marks, one.keys()


def held(ring: Ring) -> dict[int, tuple[object, ...]]:
    """What stands in the ring, by its positions; each found by its key."""
    found: dict[int, tuple[object, ...]] = {}
    for position in range(ring.state[OLDEST], ring.state[NEXT]):
        slot = position % len(ring.events)
        time_ms, known_at_ms, amount, marks, _, _, _, _, keys, _ = ring.events[slot].item()
        if not marks & GONE:
            assert slot_of(ring, TRANSACTION, keys[TRANSACTION]) == slot
            found[keys[TRANSACTION]] = (time_ms, known_at_ms, amount, marks, keys.tolist())
    in_tables = [(ring.tables[kind] != NONE).sum() for kind in range(len(KINDS) + 1)]
    assert in_tables[TRANSACTION] == len(found)
    for kind in KINDS:
        keys_of_kind = {ring.events[slot_of(ring, TRANSACTION, key)]["keys"][kind] for key in found}
        assert in_tables[kind] == len(keys_of_kind - {NOBODY})
    return found


def listed(ring: Ring, kind: int, key: int) -> list[int]:
    """The transactions of one list, sorted; asserts that it is newest first, and the same from its other end."""
    slots = []
    slot = newest = slot_of(ring, kind, key)
    while slot != NONE:
        slots.append(int(slot))
        slot = ring.events[slot]["older"][kind]
    times = [ring.events[slot]["time_ms"] for slot in slots]
    assert times == sorted(times, reverse=True)
    for n, slot in enumerate(slots):
        assert ring.events[slot]["newer"][kind] == slots[n - 1], "the newest's leads to the oldest"
    assert not slots or slots[0] == newest
    return sorted(int(ring.events[slot]["keys"][TRANSACTION]) for slot in slots)
