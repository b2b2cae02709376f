"""Injected faults hurt the share of attempts that was asked for, and nobody when off."""

import random

from brain.faults import NO_FAULT, Faults

ATTEMPTS = 10_000


def test_the_asked_share_of_attempts_sleeps() -> None:
    """At a rate of 0.1, one attempt in ten sleeps for the latency asked for."""
    faults = Faults(latency_rate=0.1, latency_s=2.0, error_rate=0.0, chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    asleep = [fault for fault in drawn if fault.sleep_s == 2.0]
    assert 0.09 * ATTEMPTS < len(asleep) < 0.11 * ATTEMPTS
    assert not any(fault.fails for fault in drawn)


def test_errors_are_drawn_apart_from_sleep() -> None:
    """With both rates at one half, all four combinations are about equally frequent."""
    faults = Faults(latency_rate=0.5, latency_s=2.0, error_rate=0.5, chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    for slow in (True, False):
        for fails in (True, False):
            share = sum((fault.sleep_s > 0, fault.fails) == (slow, fails) for fault in drawn) / ATTEMPTS
            assert 0.23 < share < 0.27


def test_nobody_is_hurt_when_faults_are_off() -> None:
    """With both rates at 0 no attempt sleeps or fails."""
    faults = Faults(latency_rate=0.0, latency_s=2.0, error_rate=0.0)

    drawn = {faults.draw() for _ in range(ATTEMPTS)}

    assert not faults.are_on
    assert drawn == {NO_FAULT}


def test_a_rate_of_one_hurts_every_attempt() -> None:
    """Certainty is possible: drills rely on it."""
    faults = Faults(latency_rate=1.0, latency_s=0.5, error_rate=1.0)

    drawn = {faults.draw() for _ in range(100)}

    assert [(fault.sleep_s, fault.fails) for fault in drawn] == [(0.5, True)]
