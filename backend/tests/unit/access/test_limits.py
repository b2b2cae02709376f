"""What one key may ask for, and who waits first when it asks for more."""

import pytest

from gateway.access.errors import RateLimited, TooManyAtOnce
from gateway.access.limits import Allowance, Limits, Use
from gateway.access.principal import DEMO, Principal
from gateway.errors import GatewayError


class World:
    """A caller with 100 requests a second and 10 at a time, and a clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.limits = Limits(100.0, 10, lambda: self.now_s)
        self.allowance = self.of("one")

    def of(self, key: str) -> Allowance:
        """Of another key."""
        return self.limits.of(Principal("key", key, f"key {key}", frozenset()))

    def pass_through(self, use: Use, at_most: int) -> int:
        """How many requests are let in, one after the other, in this moment."""
        for count in range(at_most):
            try:
                self.allowance.enter(use)
            except RateLimited:
                return count
            self.allowance.leave()
        return at_most


def test_reads_wait_before_batches_and_batches_before_verdicts() -> None:
    """Of the second's 100, 70 may be reads; a checkout finds what they must not use."""
    world = World()

    assert [world.pass_through(use, 200) for use in (Use.READ, Use.BATCH, Use.VERDICT)] == [70, 15, 15]

    world.now_s += 0.1
    assert [world.pass_through(use, 200) for use in (Use.READ, Use.BATCH, Use.VERDICT)] == [0, 0, 10]
    world.now_s += 100.0
    assert world.pass_through(Use.VERDICT, 200) == 100


def test_a_batch_costs_as_much_as_its_transactions_and_a_large_one_passes_too() -> None:
    """It is owed for afterwards: 500 at 100 a second are five seconds."""
    world = World()

    world.allowance.take(500, Use.BATCH)

    with pytest.raises(RateLimited) as refused:
        world.allowance.enter(Use.VERDICT)
    assert refused.value.headers["Retry-After"] == "5"
    world.now_s = 4.0
    with pytest.raises(RateLimited):
        world.allowance.enter(Use.VERDICT)
    world.now_s = 4.1
    world.allowance.enter(Use.VERDICT)


def test_requests_at_a_time_are_bounded_and_free_again_when_they_are_answered() -> None:
    """With the same order."""
    world = World()
    for _ in range(7):
        world.allowance.enter(Use.READ)

    with pytest.raises(TooManyAtOnce):
        world.allowance.enter(Use.READ)
    for _ in range(3):
        world.allowance.enter(Use.VERDICT)
    with pytest.raises(TooManyAtOnce):
        world.allowance.enter(Use.VERDICT)

    world.allowance.leave()
    world.allowance.enter(Use.VERDICT)


def test_one_key_takes_nothing_from_another_and_a_demo_counts_nobody() -> None:
    """Whoever asks without a key is everybody."""
    world = World()
    assert world.pass_through(Use.VERDICT, 200) == 100

    world.of("two").enter(Use.READ)
    for _ in range(1000):
        world.limits.of(DEMO).enter(Use.READ)


def test_a_refusal_says_how_long_to_wait_in_the_headers_of_the_standard() -> None:
    """Never with 0 s, which would be an invitation."""
    refusals: list[GatewayError] = [RateLimited(100.0, left=0.4, wait_s=0.01), TooManyAtOnce(10)]

    assert [error.headers for error in refusals] == [
        {"Retry-After": "1", "RateLimit-Policy": '"rate";q=100;w=1', "RateLimit": '"rate";r=0;t=1'},
        {"Retry-After": "1", "RateLimit-Policy": '"at-once";q=10', "RateLimit": '"at-once";r=0;t=1'},
    ]
    assert {error.status for error in refusals} == {429}
