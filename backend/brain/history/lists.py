"""Keeps the events of each entity as a list, newest first by event time."""

from brain.columns import NOBODY
from brain.compiled import borrowing
from brain.history.layout import NONE, Ring
from brain.history.tables import place_of, take_out

# An event that belongs further inside a list is left out of it. No score of now can miss it: none looks at more than
# 512 events. Without a bound, one caller with a busy merchant and old times could keep the brain walking.
WALK_MAX = 4096


@borrowing
def link(ring: Ring, kind: int, slot: int) -> None:
    """Add an event to the list of its entity of this kind, if it names one."""
    events = ring.events
    key = events[slot]["keys"][kind]
    events[slot]["older"][kind] = NONE
    events[slot]["newer"][kind] = NONE
    if key == NOBODY:
        return
    place = place_of(ring, kind, key)
    newest = ring.tables[kind, place]
    if newest == NONE:
        ring.tables[kind, place] = slot
        events[slot]["newer"][kind] = slot
        return
    time_ms = events[slot]["time_ms"]
    oldest = events[newest]["newer"][kind]
    if time_ms >= events[newest]["time_ms"]:
        events[slot]["older"][kind] = newest
        events[slot]["newer"][kind] = oldest
        events[newest]["newer"][kind] = slot
        ring.tables[kind, place] = slot
    elif time_ms <= events[oldest]["time_ms"]:
        events[slot]["newer"][kind] = oldest
        events[oldest]["older"][kind] = slot
        events[newest]["newer"][kind] = slot
    else:
        _link_inside(ring, kind, slot, newest, oldest)


@borrowing
def _link_inside(ring: Ring, kind: int, slot: int, newest: int, oldest: int) -> None:
    """Walk from both ends at once: new payments belong near the newest, what is read backwards near the oldest."""
    events = ring.events
    time_ms = events[slot]["time_ms"]
    newer, older = newest, oldest
    for _ in range(WALK_MAX):
        below = events[newer]["older"][kind]
        if events[below]["time_ms"] <= time_ms:
            older = below
            break
        newer = below
        above = events[older]["newer"][kind]
        if events[above]["time_ms"] >= time_ms:
            newer = above
            break
        older = above
    else:
        return
    events[slot]["newer"][kind] = newer
    events[slot]["older"][kind] = older
    events[newer]["older"][kind] = slot
    events[older]["newer"][kind] = slot


@borrowing
def unlink(ring: Ring, kind: int, slot: int) -> None:
    """Take an event out of the list of its entity of this kind, if it stands there."""
    events = ring.events
    newer, older = events[slot]["newer"][kind], events[slot]["older"][kind]
    if newer == NONE:
        return
    place = place_of(ring, kind, events[slot]["keys"][kind])
    newest = ring.tables[kind, place]
    if newest == slot:
        if older == NONE:
            take_out(ring, kind, place)
        else:
            ring.tables[kind, place] = older
            events[older]["newer"][kind] = newer
    else:
        events[newer]["older"][kind] = older
        if older == NONE:
            events[newest]["newer"][kind] = newer
        else:
            events[older]["newer"][kind] = newer
    events[slot]["newer"][kind] = NONE
    events[slot]["older"][kind] = NONE
