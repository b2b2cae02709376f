"""What becomes of an item of the backlog: settled, told once, tried again later, or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
import pytest
from bson.objectid import ObjectId
from msgspec import structs

from gateway.alerting import AlertKind
from gateway.domain import (
    Amendment,
    BlindReason,
    Decision,
    DecisionSource,
    Limits,
    RiskLevel,
    Ruling,
    Score,
    Thresholds,
    Verdict,
)
from gateway.errors import LedgerUnreadable
from gateway.fallback.policy import decide_blind
from gateway.features.rescoring import service as judging
from gateway.features.rescoring import store
from gateway.features.rescoring.flips import FlipNotifier
from gateway.features.rescoring.store import BacklogItem, Flip
from gateway.ledger.amendments import amendment_to_document, to_amendment
from gateway.ledger.documents import to_thresholds
from gateway.ledger.encoding import to_document
from gateway.verdict import policy
from gateway.verdict.intake.decoding import to_transaction

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TRANSACTION = to_transaction({"transaction_id": "t", "amount": Decimal("10.00"), "currency": "EUR", "user_id": "u"})
MAY_BLOCK = Limits(0.1, 0.5, may_block=True, own_labels=False)
HIGH = Score(0.99, RiskLevel.CRITICAL, (), "model", "1", (), limits=MAY_BLOCK)
ITEM = BacklogItem(ObjectId(), "lease", TRANSACTION, "CIRCUIT_OPEN", Decision.APPROVE, DecisionSource.FALLBACK)


def document(ruling: Ruling, **rates: str) -> Mapping[str, Any]:
    """A record of this ruling."""
    verdict = Verdict("t", ruling, "closed", 1.0, NOW, "trace")
    return bson.decode(to_document(TRANSACTION, verdict, {code: Decimal(rate) for code, rate in rates.items()}).raw)


@pytest.mark.parametrize(
    "ruling",
    [
        *(decide_blind(reason) for reason in BlindReason),
        decide_blind(BlindReason.SCORER_INVALID_RESPONSE, is_refusal=True),
        structs.replace(decide_blind(BlindReason.CIRCUIT_OPEN), decision=Decision.BLOCK, source=DecisionSource.LIST),
        policy.decide(structs.replace(HIGH, degraded=("history",))),
    ],
)
def test_every_blind_and_every_degraded_verdict_is_scored_again(ruling: Ruling) -> None:
    """Whatever the reason, and whoever decided."""
    assert document(ruling, EUR="1.2")["needs_rescore"] is True


def test_a_clean_verdict_owes_nothing() -> None:
    """The field is absent: its index holds the backlog only."""
    assert "needs_rescore" not in document(policy.decide(HIGH), EUR="1.2")


def test_the_amount_is_in_the_reference_currency() -> None:
    """In hundredths; unknown without a rate, never 0."""
    ruling = decide_blind(BlindReason.CIRCUIT_OPEN)

    assert document(ruling, EUR="1.25")["amount_reference_minor"] == 1250
    assert document(ruling, USD="1")["amount_reference_minor"] is None


def test_a_score_decides_anew() -> None:
    """Under the reason that it was added for."""
    amendment = judging.amend(ITEM, HIGH, at=NOW)

    assert (amendment.old_decision, amendment.new_decision, amendment.reason) == ("approve", "block", "CIRCUIT_OPEN")
    assert amendment.is_flip


@pytest.mark.parametrize(
    ("limits", "thresholds", "decision"),
    [
        (MAY_BLOCK, Thresholds(0.3, 0.995), Decision.REVIEW),
        (MAY_BLOCK, Thresholds(0.995, 0.999), Decision.APPROVE),
        (replace(MAY_BLOCK, may_block=False), None, Decision.REVIEW),
        (None, None, Decision.REVIEW),
    ],
)
def test_a_later_score_is_ruled_by_the_recorded_thresholds(
    limits: Limits | None, thresholds: Thresholds | None, decision: Decision
) -> None:
    """And by whether the model that scores now may block; records from before there were thresholds have none."""
    verdict = Verdict("t", decide_blind(BlindReason.CIRCUIT_OPEN), "open", 1.0, NOW, "trace", thresholds)
    kept = bson.decode(to_document(TRANSACTION, verdict, {}).raw)["verdict"]["thresholds"]

    amendment = judging.amend(
        replace(ITEM, thresholds=to_thresholds(kept)), structs.replace(HIGH, limits=limits), at=NOW
    )

    assert amendment.new_decision is decision
    assert to_amendment(amendment_to_document(amendment)).budget == amendment.budget
    assert amendment.budget is not None


def test_what_a_list_decided_stays_decided() -> None:
    """The score is noted, and is no flip."""
    amendment = judging.amend(replace(ITEM, source=DecisionSource.LIST), HIGH, at=NOW)

    assert amendment.score is HIGH
    assert not amendment.is_flip


def test_a_degraded_score_is_final_after_a_day() -> None:
    """Until then history may come back."""
    degraded = structs.replace(HIGH, degraded=("history",))
    waiting = replace(ITEM, degraded_times=3, degraded_since=NOW - timedelta(hours=23))

    assert judging.is_final(ITEM, HIGH, at=NOW)
    assert not judging.is_final(ITEM, degraded, at=NOW)
    assert not judging.is_final(waiting, degraded, at=NOW)
    assert judging.is_final(waiting, degraded, at=NOW + timedelta(hours=1))


def test_tries_grow_apart_and_end() -> None:
    """From seconds to an hour, twenty times."""
    tried = [replace(ITEM, attempts=n) for n in range(judging.ATTEMPTS_MAX)]

    assert [judging.failure_retry_s(item) for item in tried[:3]] == [2.0, 4.0, 8.0]
    assert judging.failure_retry_s(tried[-1]) == 3600.0
    assert [judging.is_hopeless(item) for item in tried] == [False] * 19 + [True]
    assert judging.degraded_retry_s(replace(ITEM, degraded_times=10_000)) == 60.0


@pytest.mark.parametrize(
    ("old", "before", "new", "is_alerted"),
    [
        (Decision.APPROVE, None, Decision.BLOCK, True),
        (Decision.APPROVE, None, Decision.REVIEW, True),
        (Decision.BLOCK, None, Decision.REVIEW, True),
        (Decision.REVIEW, None, Decision.APPROVE, False),
        (Decision.APPROVE, None, Decision.APPROVE, False),
        (Decision.APPROVE, Decision.REVIEW, Decision.BLOCK, True),
        (Decision.APPROVE, Decision.BLOCK, Decision.BLOCK, False),
        (Decision.APPROVE, Decision.BLOCK, Decision.APPROVE, True),
        (Decision.APPROVE, Decision.APPROVE, Decision.APPROVE, False),
    ],
)
def test_what_stops_a_payment_is_told_and_so_is_that_it_was_not_so(
    old: Decision, before: Decision | None, new: Decision, is_alerted: bool
) -> None:
    """In the update that makes it, so that no death of a gateway comes in between; a word that stays is told once."""
    item = replace(ITEM, decision=old, amended_to=before)

    update = store.amended(item, Amendment(NOW, "CIRCUIT_OPEN", old, new, HIGH))

    assert ("alert_pending" in repr(update)) is is_alerted


class FakeBacklog:
    """Flips that wait to be told."""

    def __init__(self, flips: Sequence[Flip]) -> None:
        self.waiting = {flip.record_id: flip for flip in flips}

    async def unnotified(self, limit: int) -> list[Flip]:
        """As the ledger has it."""
        return list(self.waiting.values())[:limit]

    async def mark_notified(self, told: Mapping[ObjectId, int]) -> None:
        """Take the flags off, but for those of later amendments."""
        for name, number in told.items():
            if self.waiting[name].number == number:
                del self.waiting[name]


class Alerts:
    """Remembers alerts, unless its ledger is away."""

    def __init__(self) -> None:
        self.recorded: list[tuple[AlertKind, str, Mapping[str, Any]]] = []
        self.is_away = False

    async def record(self, raised: Sequence[tuple[AlertKind, str, Mapping[str, Any]]]) -> None:
        """As a worker does."""
        if self.is_away:
            raise LedgerUnreadable("away")
        self.recorded += raised


async def test_a_second_amendment_is_told_under_an_id_of_its_own() -> None:
    """It comes while the first is told: its flag stays, and the second word is heard too."""
    first = Flip(ObjectId(), TRANSACTION, judging.amend(ITEM, HIGH, at=NOW), 1)
    kept, alerts = FakeBacklog([first]), Alerts()

    async def record(raised: Sequence[tuple[AlertKind, str, Mapping[str, Any]]]) -> None:
        await alerts.record(raised)
        if len(alerts.recorded) == 1:
            kept.waiting[first.record_id] = replace(first, number=2)

    notifier = FlipNotifier(kept, record)
    await notifier.look()
    await notifier.look()

    assert [key for _, key, _ in alerts.recorded] == ["t/1", "t/2"]
    assert kept.waiting == {}


async def test_a_flip_stays_flagged_until_its_alert_is_recorded() -> None:
    """A ledger that goes away, or a worker that dies, in between costs a repetition, never the alert."""
    flip = Flip(ObjectId(), TRANSACTION, judging.amend(ITEM, HIGH, at=NOW), 1)
    kept, alerts = FakeBacklog([flip]), Alerts()
    notifier = FlipNotifier(kept, alerts.record)
    alerts.is_away = True
    with pytest.raises(LedgerUnreadable):
        await notifier.look()
    assert kept.waiting

    alerts.is_away = False
    await notifier.look()
    await notifier.look()

    assert kept.waiting == {}
    ((kind, key, data),) = alerts.recorded
    assert (kind, key) == ("verdict.amended", "t/1")
    assert data == {
        "transaction_id": "t", "old": "approve", "new": "block", "score": 0.99, "reason": "CIRCUIT_OPEN",
        "amount": "10.00", "currency": "EUR",
        "user_id": "u", "merchant_id": None, "model": {"name": "model", "version": "1"},
    }  # fmt: skip
