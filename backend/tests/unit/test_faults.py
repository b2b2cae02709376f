"""Injected faults hurt the share of attempts that was asked for, and nobody when off."""

import math
import random

from brain.faults import NO_FAULT, Faults, Lie
from brain.outcomes import failure
from protos.fraud_pb2 import RISK_LEVEL_CRITICAL, RISK_LEVEL_LOW, Failure, ScoreReply

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


def test_a_constant_brain_answers_everything_alike() -> None:
    """With the level that belongs to the score, so that it looks like an answer; what failed stays failed."""
    faults = Faults(constant_score=0.02, thresholds={"medium": 0.03, "high": 0.1, "critical": 0.5})
    risky = ScoreReply(transaction_id="t", risk_score=0.99, risk_level=RISK_LEVEL_CRITICAL, model_version="1")
    failed = failure(Failure.INTERNAL, "it broke")

    lie = faults.draw().lie

    assert faults.are_on
    assert lie is Lie.CONSTANT
    assert faults.falsify(risky, lie) == ScoreReply(
        transaction_id="t", risk_score=0.02, risk_level=RISK_LEVEL_LOW, model_version="1"
    )
    assert faults.falsify(failed, lie) == failed


def test_an_impossible_answer_is_no_number_or_about_another_transaction() -> None:
    """Each by its own rate."""
    no_number, other = Faults(nan_rate=1.0), Faults(wrong_id_rate=1.0)
    first, second = (ScoreReply(transaction_id="t", risk_score=0.5) for _ in range(2))

    assert (no_number.draw().lie, other.draw().lie) == (Lie.NAN, Lie.WRONG_ID)
    no_number.falsify(first, Lie.NAN)
    other.falsify(second, Lie.WRONG_ID)

    assert math.isnan(first.risk_score)
    assert (second.transaction_id, second.risk_score) == ("t-other", 0.5)


def test_the_asked_share_of_attempts_is_never_answered() -> None:
    """At a rate of 0.5, half of them."""
    faults = Faults(drop_rate=0.5, chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    assert 0.48 * ATTEMPTS < sum(fault.is_dropped for fault in drawn) < 0.52 * ATTEMPTS
