"""Guessing is slowed where it happens, and locks nobody else out."""

import pytest

from gateway.features.people.errors import SignInSlowed
from gateway.features.people.throttle import Throttle
from tests.clock import Clock

EMAIL = "ada@example.com"


def failing(times: int, address: str = "192.0.2.1", who: str = EMAIL) -> tuple[Throttle, Clock]:
    """A throttle that has seen failures of one caller."""
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(times):
        throttle.failed(who, address)
    return throttle, clock


def test_some_failures_cost_nothing_and_the_next_ones_a_wait() -> None:
    """It grows, has an end, and is over by itself."""
    throttle, clock = failing(4)
    throttle.check(EMAIL, "192.0.2.1")
    throttle.failed(EMAIL, "192.0.2.1")
    with pytest.raises(SignInSlowed) as slowed:
        throttle.check(EMAIL, "192.0.2.1")
    assert slowed.value.headers == {"Retry-After": "2"}

    for _ in range(30):
        throttle.failed(EMAIL, "192.0.2.1")
    clock.now_s += 61
    throttle.check(EMAIL, "192.0.2.1")


def test_nobody_is_locked_out_by_somebody_elsewhere() -> None:
    """The owner of the address signs in from another network as if nothing were; so do others from the same one."""
    throttle, _ = failing(49)

    throttle.check(EMAIL, "198.51.100.7")
    throttle.check("bob@example.com", "192.0.2.1")
    throttle.failed(EMAIL, "192.0.2.1")
    with pytest.raises(SignInSlowed):
        throttle.check("bob@example.com", "192.0.2.1")  # whoever tries every address of a company


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8::1", "2001:db8::ffff:2"), ("192.0.2.1", "::ffff:192.0.2.1"), ("192.0.2.1", "192.0.2.1")],
)
def test_a_network_is_what_one_customer_has(one: str, other: str) -> None:
    """Of IPv6 it is half of the address: who has it can choose the rest for each attempt."""
    throttle, _ = failing(5, one)

    with pytest.raises(SignInSlowed):
        throttle.check(EMAIL, other)


def test_a_success_forgets_the_failures() -> None:
    """Of this person there."""
    throttle, _ = failing(20)

    throttle.succeeded(EMAIL, "192.0.2.1")

    throttle.check(EMAIL, "192.0.2.1")
