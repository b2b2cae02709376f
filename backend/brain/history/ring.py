"""
Adds payments to the memory, labels them, and removes them: the newest ones push out the oldest.

A payment that this brain scored counts at once. When it is read from the ledger the record takes its place, and when it
never comes it is removed: see `remove_scored`.
"""

from brain.columns import (
    AMOUNT_MINOR,
    CARD_BIN,
    CATEGORY,
    IS_BLOCKED,
    KEYS,
    KINDS,
    NOBODY,
    PERSONAL,
    TIME_MS,
    TRANSACTION,
    Row,
    Rows,
)
from brain.compiled import borrowing, compiled
from brain.features.codes import country_of, short
from brain.history.layout import (
    BLOCKED,
    COMMITTED,
    FIRST_SCORED,
    FRAUD,
    GONE,
    NEVER_MS,
    NEXT,
    NONE,
    NUMBER_SHIFT,
    OLDEST,
    SCORED,
    Ring,
)
from brain.history.lists import link, unlink
from brain.history.tables import place_of, slot_of, take_out


@compiled
def add_scored(ring: Ring, rows: Rows, now_s: int) -> None:
    """
    Add payments that are being scored, unless they are known.

    Args:
        rows: (n, COLUMNS) without payments whose amount has no reference value.
        now_s: Seconds since any moment, at least 0 and less than 8 years.
    """
    for row in rows:
        if slot_of(ring, TRANSACTION, row[KEYS + TRANSACTION]) == NONE:
            _fill(ring, _slot_at_front(ring), row, SCORED | (now_s << NUMBER_SHIFT))


@compiled
def add_recorded(ring: Ring, rows: Rows, is_backwards: bool) -> int:
    """
    Add payments of the ledger. Returns how many of them were looked at.

    One that is known stays as it is; one that was only scored is replaced.

    Args:
        rows: (n, COLUMNS)
        is_backwards: Whether they are older than all others: then they push out nothing, and adding stops when the
            memory is full.
    """
    for n in range(len(rows)):
        row = rows[n]
        slot = slot_of(ring, TRANSACTION, row[KEYS + TRANSACTION])
        if slot == NONE:
            slot = _slot_at_back(ring) if is_backwards else _slot_at_front(ring)
            if slot == NONE:
                return n
        elif ring.events[slot]["marks"] & SCORED:
            _remove(ring, slot)
        else:
            continue
        _fill(ring, slot, row, 0)
    return len(rows)


@compiled
def add_label(ring: Ring, transaction: int, is_fraud: bool, known_at_ms: int, revision: int) -> bool:
    """Label a payment of the ledger; the highest revision counts. Returns whether the payment is in the memory."""
    slot = slot_of(ring, TRANSACTION, transaction)
    if slot == NONE:
        return False
    marks = ring.events[slot]["marks"]
    if marks & SCORED:  # the record is still to come, and would replace this
        return False
    if revision > marks >> NUMBER_SHIFT:
        ring.events[slot]["marks"] = (marks & BLOCKED) | (FRAUD if is_fraud else 0) | (revision << NUMBER_SHIFT)
        ring.events[slot]["known_at_ms"] = known_at_ms
    return True


@compiled
def remove_scored(ring: Ring, before_s: int) -> None:
    """Remove what was scored before `before_s` and did not come from the ledger: it was never committed."""
    state = ring.state
    position = max(state[FIRST_SCORED], state[OLDEST])
    while position < state[NEXT]:
        slot = position % len(ring.events)
        marks = ring.events[slot]["marks"]
        if marks & SCORED:
            if marks >> NUMBER_SHIFT >= before_s:
                break
            _remove(ring, slot)
        position += 1
    state[FIRST_SCORED] = position


@compiled
def forget_person(ring: Ring, transaction: int) -> None:
    """Take all that names a person from a payment, which stays in the history of its merchant."""
    slot = slot_of(ring, TRANSACTION, transaction)
    if slot != NONE:
        for kind in PERSONAL:
            unlink(ring, kind, slot)
            ring.events[slot]["keys"][kind] = NOBODY


@borrowing
def _slot_at_front(ring: Ring) -> int:
    """Make room for the newest event."""
    state, capacity = ring.state, len(ring.events)
    if state[NEXT] - state[OLDEST] == capacity:
        slot = state[OLDEST] % capacity
        if not ring.events[slot]["marks"] & GONE:
            _remove(ring, slot)
        state[OLDEST] += 1
    state[NEXT] += 1
    return int((state[NEXT] - 1) % capacity)


@borrowing
def _slot_at_back(ring: Ring) -> int:
    """Make room for an event that is older than all others; NONE when the memory is full."""
    state, capacity = ring.state, len(ring.events)
    if state[NEXT] - state[OLDEST] == capacity:
        return NONE
    state[OLDEST] -= 1
    return int(state[OLDEST] % capacity)


@borrowing
def _fill(ring: Ring, slot: int, row: Row, marks: int) -> None:
    event = ring.events[slot]
    event["time_ms"] = row[TIME_MS]
    event["known_at_ms"] = NEVER_MS
    event["amount_minor"] = row[AMOUNT_MINOR]
    event["marks"] = marks | (BLOCKED if row[IS_BLOCKED] else 0)
    event["category"] = short(row[CATEGORY])
    event["card_bin"] = short(row[CARD_BIN])
    event["country"] = short(country_of(row))
    for kind in range(len(KINDS) + 1):
        event["keys"][kind] = row[KEYS + kind]
    ring.tables[TRANSACTION, place_of(ring, TRANSACTION, row[KEYS + TRANSACTION])] = slot
    for kind in KINDS:
        link(ring, kind, slot)
    if not marks & SCORED:
        ring.state[COMMITTED] += 1


@borrowing
def _remove(ring: Ring, slot: int) -> None:
    take_out(ring, TRANSACTION, place_of(ring, TRANSACTION, ring.events[slot]["keys"][TRANSACTION]))
    for kind in KINDS:
        unlink(ring, kind, slot)
    if not ring.events[slot]["marks"] & SCORED:
        ring.state[COMMITTED] -= 1
    ring.events[slot]["marks"] = GONE
