"""The queue that sources share: turns while there is room, and the greediest gives way when there is none."""

import pytest

from brain.batching.attempts import Attempt
from brain.batching.fair_queue import FairQueue
from brain.domain import Query
from brain.outcomes import Outcome
from protos.fraud_pb2 import Failure


class Room:
    """A queue, and what became of the attempts that were put into it."""

    def __init__(self, size_max: int) -> None:
        self.queue = FairQueue(size_max=size_max, overloaded="full")
        self.overloaded: list[str] = []

    def put(self, name: str, *, source: str) -> Attempt:
        """One more attempt."""

        def deliver(outcome: Outcome) -> None:
            assert isinstance(outcome, Failure)
            assert outcome.code == Failure.OVERLOADED
            self.overloaded.append(name)

        attempt = Attempt(Query(name, 1, 100, "user_1", None), source=source, deadline_s=1.0, deliver=deliver)
        self.queue.put(attempt)
        return attempt

    def drained(self) -> list[str]:
        """All that wait, in the order in which they are served."""
        return [self.queue.pop().query.transaction_id for _ in range(len(self.queue))]


def test_sources_take_turns() -> None:
    """Who comes behind a long queue of somebody else waits for one of it, not for all."""
    room = Room(10)
    for n in range(4):
        room.put(f"flood-{n}", source="flood")
    room.put("polite-0", source="polite")
    room.put("polite-1", source="polite")

    assert room.drained() == ["flood-0", "polite-0", "flood-1", "polite-1", "flood-2", "flood-3"]


def test_one_source_alone_may_fill_it() -> None:
    """Nothing is held back for sources that are not there; past the limit the last one to come is refused."""
    room = Room(3)
    for n in range(5):
        room.put(f"only-{n}", source="only")

    assert room.overloaded == ["only-3", "only-4"]
    assert room.drained() == ["only-0", "only-1", "only-2"]


def test_a_full_queue_makes_room_at_the_expense_of_the_greediest() -> None:
    """Its newest attempts give way, up to an equal share; then it is the newcomer who has most."""
    room = Room(6)
    for n in range(6):
        room.put(f"flood-{n}", source="flood")
    for n in range(4):
        room.put(f"polite-{n}", source="polite")

    assert room.overloaded == ["flood-5", "flood-4", "flood-3", "polite-3"]
    assert sorted(room.drained()) == ["flood-0", "flood-1", "flood-2", "polite-0", "polite-1", "polite-2"]


def test_what_is_over_leaves_its_place_to_others() -> None:
    """A cancelled attempt is never served, and nobody is refused for its sake."""
    room = Room(2)
    lost = room.put("lost", source="a")
    room.put("kept", source="a")
    lost.cancel()
    room.put("next", source="a")

    assert room.overloaded == []
    assert room.drained() == ["kept", "next"]


def test_an_empty_queue_has_nobody_to_serve() -> None:
    """Asking it all the same is a bug of the caller."""
    room = Room(2)
    room.put("gone", source="a").cancel()

    assert len(room.queue) == 0
    with pytest.raises(KeyError):
        room.queue.pop()
