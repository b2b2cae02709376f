"""A run numbers its records, and knows up to which one all is settled."""

import bson
from hypothesis import given
from hypothesis import strategies as st

from gateway.ledger.run import Run
from records.positions import last_position, number_of, position, run_of


def test_positions_of_a_run_are_in_the_order_of_its_numbers() -> None:
    """And those of other runs do not lie between them."""
    run, other = Run(), Run()

    numbers = [*run.take(200), *run.take(100)]
    made = [position(run.name, number) for number in numbers]

    assert numbers == list(range(1, 301))
    assert made == sorted(made)
    assert [number_of(one) for one in made] == numbers
    assert {run_of(one) for one in made} == {run.name}
    assert run.name != other.name
    assert position(run.name, 0) < made[0] < made[-1] < last_position(run.name)
    assert bson.decode(bson.encode({"_id": made[0]}))["_id"] == made[0]


@given(st.integers(1, 30), st.sets(st.integers(1, 40)))
def test_nothing_up_to_the_settled_number_is_open(made: int, settled: set[int]) -> None:
    """Whatever is settled in which order."""
    run = Run()
    run.take(made)

    run.settle(settled)

    is_open = set(range(1, made + 1)) - settled
    assert run.settled == min(is_open, default=made + 1) - 1
    assert run.is_settled is (not is_open)
    assert run.overdue(older_than_s=-1, limit=5) == sorted(is_open)[:5]


def test_a_record_is_given_up_when_it_was_missed_twice() -> None:
    """A server that was frozen may get to a write after it was asked for it."""
    run = Run()
    late, never = run.take(2)

    run.absent([late, never])
    assert run.settled == 0
    run.settle([late])
    run.absent([never])

    assert (run.settled, run.is_settled) == (2, True)


def test_what_was_just_missed_makes_room_for_the_next() -> None:
    """A sweep that goes on at once asks for others: the same again, without time between, would give it up too soon."""
    run = Run()
    numbers = run.take(5)

    run.absent(numbers[:2])

    assert run.overdue(older_than_s=-1, limit=2) == list(numbers[2:4])
    assert run.settled == 0
