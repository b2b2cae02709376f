"""Every fact that keeps a gateway from being well is a condition of its own, with a sentence that says it."""

from typing import Any

import pytest

from gateway.features.health.assessment import assess
from gateway.features.health.conditions import ConditionCode, OtherGateway, Severity, Stalled, WorkerAway
from gateway.features.models.service import Refused
from gateway.features.workers.store import Backlog
from gateway.kit.circuit import CircuitState
from tests.unit.features.health.facts import NOON, facts, injecting, short, unread

ONLY_UNHEALTHY = {"has_only_unhealthy": True, "is_reachable": False, "distrusted": 1, "circuit": CircuitState.OPEN}


@pytest.mark.parametrize(
    ("changes", "codes", "words"),
    [
        ({"is_reachable": False}, ["BRAIN_UNREACHABLE"], "No brain is connected"),
        (ONLY_UNHEALTHY, ["BRAIN_DISTRUSTED", "CIRCUIT_OPEN"], "failed its canaries"),
        ({"circuit": CircuitState.OPEN}, ["CIRCUIT_OPEN"], "The circuit to the brain is not closed"),
        ({"circuit": CircuitState.HALF_OPEN}, ["CIRCUIT_OPEN"], "The circuit to the brain is not closed"),
        ({"blind_since": NOON}, ["NO_SCORES"], "No score has come for a while"),
        ({"unscored": short(37)}, ["UNSCORED_VERDICTS"], "37 of the 442 verdicts of the last minute had no score."),
        ({"degraded": short(438)}, ["DEGRADED_VERDICTS"], "438 of the 442 scores of the last minute"),
        ({"unscored": short(0, of=0)}, ["UNSCORED_VERDICTS"], "The last verdicts had no score"),
        ({"degraded": short(1, of=1)}, ["DEGRADED_VERDICTS"], "The last scores were made without history"),
        ({"faults": unread()}, ["HISTORY_UNAVAILABLE"], "1 of 1 brain cannot read history"),
        ({"faults": unread(), "degraded": short(9)}, ["DEGRADED_VERDICTS"], "9 of the 442 scores"),
        ({"ledger_is_up": False}, ["LEDGER_DOWN"], "MongoDB does not answer"),
        ({"pending": 12, "oldest_pending_s": 5.1}, ["LEDGER_BACKLOG"], "12 verdicts in the journal"),
        ({"journal_is_available": False}, ["JOURNAL_UNAVAILABLE"], "The journal of this machine takes nothing"),
        ({"lists_are_known": False}, ["LISTS_UNKNOWN"], "No list is known yet"),
        ({"policy_error": "line 3: what?"}, ["POLICY_FILE_REFUSED"], "stays in force: line 3: what?"),
        ({"clock_skew_s": -600.2}, ["CLOCK_WRONG"], "600 s behind MongoDB's: one of them is wrong."),
        ({"clock_skew_s": 75.0}, ["CLOCK_WRONG"], "75 s ahead of MongoDB's: one of them is wrong."),
        ({"faults": injecting(error_rate=0.3)}, ["INJECTED_FAULTS"], "on purpose: 30 % of the attempts fail."),
        ({"worker_away": WorkerAway(42.0, None)}, ["WORKER_AWAY"], "No worker has been seen for 42 s: unscored"),
        ({"worker_away": WorkerAway(42.0, Backlog(7, 2))}, ["WORKER_AWAY"], "7 verdicts wait to be scored, and 2"),
        ({"stalled": Stalled(90.0, 1234.0)}, ["RESCORING_STALLED"], "nothing was re-scored for 90 s: a verdict waits"),
        ({"others": (OtherGateway("b", ("CIRCUIT_OPEN",)),)}, ["OTHER_GATEWAY"], "1 of 1 other gateway reports"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(changes: dict[str, Any], codes: list[str], words: str) -> None:
    """None of these facts is well, and each says so by itself."""
    found = assess(facts(**changes))

    assert [condition.code.value for condition in found] == codes
    assert words in found[0].message
    assert {condition.severity for condition in found} == {Severity.DEGRADED}


def test_a_promoted_model_that_brains_refuse_is_a_notice() -> None:
    """Verdicts are whole: the model before serves on there."""
    refused = tuple(
        Refused(brain, role, "a" * 64, "other features") for brain in ("b1", "b2") for role in ("live", "shadow")
    )

    (condition,) = assess(facts(refused=refused, brains=3))

    assert (condition.code, condition.severity) == (ConditionCode.MODEL_REFUSED, Severity.NOTICE)
    assert condition.message.startswith("2 of 3 brains cannot serve a promoted model")
    assert "other features" in condition.message


def test_nothing_is_made_up() -> None:
    """A backlog of a second, and other gateways that are well, are no condition."""
    assert assess(facts(pending=3, oldest_pending_s=1.0, others=(OtherGateway("b", ()),))) == []


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        ({"latency_rate": 0.1}, Severity.NOTICE),  # what the demo injects
        ({"latency_rate": 0.2}, Severity.NOTICE),
        ({"latency_rate": 0.21}, Severity.DEGRADED),
        ({"latency_rate": 0.1, "error_rate": 0.01}, Severity.DEGRADED),
        ({"drop_rate": 0.01}, Severity.DEGRADED),
        ({"nan_rate": 0.01}, Severity.DEGRADED),
        ({"wrong_id_rate": 0.01}, Severity.DEGRADED),
        ({"constant_score": 0.0}, Severity.DEGRADED),
    ],
)
def test_any_fault_is_told_and_only_a_hedged_tail_is_a_notice(settings: dict[str, Any], severity: Severity) -> None:
    """A constant score of 0 is a fault, too."""
    (condition,) = assess(facts(faults=injecting(**settings)))

    assert (condition.code, condition.severity) == (ConditionCode.INJECTED_FAULTS, severity)
    assert condition.figures == {"brains": 1, "brains_asked": 1}


def test_a_brain_that_is_distrusted_among_others_is_a_notice() -> None:
    """Its neighbours score, and it is not asked."""
    (condition,) = assess(facts(brains=3, distrusted=1))

    assert (condition.code, condition.severity) == (ConditionCode.BRAIN_DISTRUSTED, Severity.NOTICE)


def test_verdicts_that_a_damaged_journal_has_lost_are_a_notice() -> None:
    """New ones are whole; somebody has to know all the same."""
    (condition,) = assess(facts(lost=173))

    assert (condition.code, condition.severity) == (ConditionCode.JOURNAL_LOST, Severity.NOTICE)
    assert condition.message.startswith("173 verdicts that were given are in no record")


def test_what_all_gateways_see_is_told_once() -> None:
    """Another gateway's word for the same brain or ledger is no second condition; what it alone sees is one."""
    others = (OtherGateway("b", ("CIRCUIT_OPEN", "LEDGER_BACKLOG")), OtherGateway("c", ("CIRCUIT_OPEN",)))

    found = assess(facts(circuit=CircuitState.OPEN, others=others))

    assert [condition.code for condition in found] == [ConditionCode.CIRCUIT_OPEN, ConditionCode.OTHER_GATEWAY]
    assert found[1].message == "1 of 2 other gateways reports LEDGER_BACKLOG."


def test_notices_come_after_what_costs_verdicts() -> None:
    """The first sentence is the worst."""
    found = assess(facts(faults=injecting(latency_rate=0.1), policy_error="bad", ledger_is_up=False))

    assert [condition.severity for condition in found] == [Severity.DEGRADED, Severity.DEGRADED, Severity.NOTICE]
