"""Finds events by key: open addressing with linear probing. Each key stands in its event, a table holds only slots."""

from brain.compiled import borrowing
from brain.history.layout import NONE, Ring


@borrowing
def place_of(ring: Ring, kind: int, key: int) -> int:
    """Find the place of a key in the table of its kind, or the free place where it belongs."""
    last = ring.tables.shape[1] - 1
    place = _home(key, last)
    while True:
        slot = ring.tables[kind, place]
        if slot == NONE or ring.events[slot]["keys"][kind] == key:
            return place
        place = (place + 1) & last


@borrowing
def slot_of(ring: Ring, kind: int, key: int) -> int:
    """Find the newest event of an entity, or the event of a transaction; NONE where there is none."""
    return int(ring.tables[kind, place_of(ring, kind, key)])


@borrowing
def take_out(ring: Ring, kind: int, place: int) -> None:
    """Free a place. Those behind it that it kept from their home move up, so searches need no tombstones."""
    last = ring.tables.shape[1] - 1
    hole = at = place
    while True:
        at = (at + 1) & last
        slot = ring.tables[kind, at]
        if slot == NONE:
            break
        home = _home(ring.events[slot]["keys"][kind], last)
        if ((at - home) & last) >= ((at - hole) & last):
            ring.tables[kind, hole] = slot
            hole = at
    ring.tables[kind, hole] = NONE


@borrowing
def _home(key: int, last: int) -> int:
    return (key ^ (key >> 32)) & last
