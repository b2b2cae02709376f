"""Injected faults hurt the share of attempts that was asked for, and nobody when off."""

import math
import random

import pytest
from structlog.testing import capture_logs

from brain.faults.injector import NO_FAULT, Faults, WrongAnswer
from brain.faults.settings import FaultSettings, InvalidFault
from brain.outcomes import failure
from protos.fraud_pb2 import RISK_LEVEL_CRITICAL, RISK_LEVEL_LOW, Failure, ScoreReply

ATTEMPTS = 10_000


def test_the_asked_share_of_attempts_sleeps() -> None:
    """At a rate of 0.1, one attempt in ten sleeps for the latency asked for."""
    faults = Faults(FaultSettings(latency_rate=0.1, latency_s=2.0), chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    asleep = [fault for fault in drawn if fault.sleep_s == 2.0]
    assert 0.09 * ATTEMPTS < len(asleep) < 0.11 * ATTEMPTS
    assert not any(fault.fails for fault in drawn)


def test_errors_are_drawn_apart_from_sleep() -> None:
    """With both rates at one half, all four combinations are about equally frequent."""
    faults = Faults(FaultSettings(latency_rate=0.5, error_rate=0.5), chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    for slow in (True, False):
        for fails in (True, False):
            share = sum((fault.sleep_s > 0, fault.fails) == (slow, fails) for fault in drawn) / ATTEMPTS
            assert 0.23 < share < 0.27


def test_nobody_is_hurt_when_faults_are_off() -> None:
    """With both rates at 0 no attempt sleeps or fails."""
    faults = Faults(FaultSettings())

    drawn = {faults.draw() for _ in range(ATTEMPTS)}

    assert not faults.are_on
    assert drawn == {NO_FAULT}


def test_a_rate_of_one_hurts_every_attempt() -> None:
    """Certainty is possible: drills rely on it."""
    faults = Faults(FaultSettings(latency_rate=1.0, latency_s=0.5, error_rate=1.0))

    drawn = {faults.draw() for _ in range(100)}

    assert [(fault.sleep_s, fault.fails) for fault in drawn] == [(0.5, True)]


def test_a_constant_brain_answers_everything_alike() -> None:
    """With the level that belongs to the score, so that it looks like an answer; what failed stays failed."""
    faults = Faults(FaultSettings(constant_score=0.02), thresholds={"medium": 0.03, "high": 0.1, "critical": 0.5})
    risky = ScoreReply(transaction_id="t", risk_score=0.99, risk_level=RISK_LEVEL_CRITICAL, model_version="1")
    failed = failure(Failure.INTERNAL, "it broke")

    fault = faults.draw()

    assert faults.are_on
    assert fault.wrong_answer is WrongAnswer.CONSTANT
    assert faults.falsify(risky, fault) == ScoreReply(
        transaction_id="t", risk_score=0.02, risk_level=RISK_LEVEL_LOW, model_version="1"
    )
    assert faults.falsify(failed, fault) == failed


def test_an_impossible_answer_is_no_number_or_about_another_transaction() -> None:
    """Each by its own rate."""
    no_number, other = Faults(FaultSettings(nan_rate=1.0)), Faults(FaultSettings(wrong_id_rate=1.0))
    first, second = (ScoreReply(transaction_id="t", risk_score=0.5) for _ in range(2))

    no_number.falsify(first, no_number.draw())
    other.falsify(second, other.draw())

    assert math.isnan(first.risk_score)
    assert (second.transaction_id, second.risk_score) == ("t-other", 0.5)


def test_the_asked_share_of_attempts_is_never_answered() -> None:
    """At a rate of 0.5, half of them."""
    faults = Faults(FaultSettings(drop_rate=0.5), chance=random.Random(7))

    drawn = [faults.draw() for _ in range(ATTEMPTS)]

    assert 0.48 * ATTEMPTS < sum(fault.is_dropped for fault in drawn) < 0.52 * ATTEMPTS


def test_replaced_faults_hold_from_the_next_attempt_on() -> None:
    """Whole: what the new settings leave out is off, whatever was on before."""
    faults = Faults(FaultSettings(error_rate=1.0))
    before = faults.draw()

    faults.replace(FaultSettings(drop_rate=1.0))

    after = faults.draw()
    assert (before.fails, before.is_dropped) == (True, False)
    assert (after.fails, after.is_dropped) == (False, True)
    faults.replace(FaultSettings())
    assert not faults.are_on
    assert faults.draw() is NO_FAULT


def test_an_attempt_keeps_the_lie_that_it_has_drawn() -> None:
    """One that is being scored while faults are replaced is answered by the settings of its arrival."""
    faults = Faults(FaultSettings(constant_score=0.25), thresholds={"medium": 0.3, "high": 0.6, "critical": 0.9})
    drawn = faults.draw()

    faults.replace(FaultSettings())

    assert faults.falsify(ScoreReply(risk_score=0.9), drawn) == ScoreReply(risk_score=0.25, risk_level=RISK_LEVEL_LOW)


def test_a_replacement_is_told_loudly_when_on_and_calmly_when_off() -> None:
    """With every value, once; to say the same again tells nothing."""
    faults = Faults(FaultSettings())

    with capture_logs() as logs:
        for settings in (FaultSettings(nan_rate=0.5), FaultSettings(nan_rate=0.5), FaultSettings()):
            faults.replace(settings)

    assert [(line["event"], line["log_level"]) for line in logs] == [("faults.on", "warning"), ("faults.off", "info")]
    assert (logs[0]["nan_rate"], logs[0]["latency_rate"], logs[0]["constant_score"]) == (0.5, 0.0, None)


@pytest.mark.parametrize("value", [-0.01, 60.5, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "field",
    ["latency_rate", "latency_s", "error_rate", "drop_rate", "nan_rate", "wrong_id_rate", "constant_score"],
)
def test_a_value_that_no_fault_can_have_is_refused_by_its_name(field: str, value: float) -> None:
    """Shares beyond 0..1, sleeps beyond a minute, and what is no number."""
    with pytest.raises(InvalidFault, match=f"^{field} must be between 0 and"):
        FaultSettings(**{field: value})


def test_the_bounds_themselves_are_allowed() -> None:
    """Certainty, a minute, and a score of 0, which is not the same as none."""
    settings = FaultSettings(latency_rate=1.0, latency_s=60.0, constant_score=0.0)

    assert Faults(settings).draw().sleep_s == 60.0
    assert Faults(FaultSettings(constant_score=0.0)).are_on
