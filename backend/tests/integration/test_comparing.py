"""The sums that MongoDB makes of two models' scores are those that numpy makes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray
from pydantic import SecretStr

from gateway.domain import BlindReason, Limits, RiskLevel, Ruling, Score, ShadowScore, Verdict
from gateway.errors import LedgerUnreadable
from gateway.fallback.policy import decide_blind
from gateway.features.models.comparison import Judged, ModelName, compare_models, judge_models
from gateway.features.models.outcomes import Known
from gateway.features.models.store import SCORE_EDGES
from gateway.ledger.client import Database, open_database
from gateway.ledger.encoding import to_document
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from gateway.verdict.policy import decide
from tests.proof_records import sent
from tests.stored import a_label

Floats = NDArray[np.float64]

MAIN, NEXT = ModelName("gbdt", "1"), ModelName("gbdt", "2")


def level_of(score: float) -> RiskLevel:
    """By thresholds of this test."""
    if score >= 0.5:
        return RiskLevel.CRITICAL
    return RiskLevel.HIGH if score >= 0.1 else RiskLevel.LOW


def a_score(score: float, *, shadow: float | None, shadow_version: str = "2") -> Score:
    """Of the main model, with or without the other's."""
    second = None if shadow is None else ShadowScore(shadow, level_of(shadow), "gbdt", shadow_version)
    return Score(score, level_of(score), (), "gbdt", "1", (), second)


async def record(database: Database, transaction_id: str, ruling: Ruling, *, age: timedelta = timedelta(0)) -> None:
    """Write a verdict down."""
    transaction = to_transaction(
        {"transaction_id": transaction_id, "amount": Decimal(1), "currency": "USD", "user_id": "u"}
    )
    verdict = Verdict(transaction_id, ruling, "closed", 1.0, datetime.now(UTC) - age, "0" * 32)
    await database["transactions"].insert_one(sent(to_document(transaction, verdict)))


async def test_the_sums_are_right(database: Database) -> None:
    """Three hundred pairs of scores: table, share, distance, correlation, histograms and the farthest apart."""
    rng = np.random.default_rng(3)
    scores: Floats = rng.random(300) ** 4
    shadows: Floats = np.clip(scores + rng.normal(0, 0.1, 300), 0.0, 1.0)
    for n, (score, shadow) in enumerate(zip(scores.tolist(), shadows.tolist(), strict=True)):
        await record(database, f"t{n}", decide(a_score(score, shadow=shadow)))

    (pair,) = await compare_models(database)

    levels = np.array([level_of(score) for score in scores])
    shadow_levels = np.array([level_of(score) for score in shadows])
    differ = levels != shadow_levels
    assert (pair.model, pair.shadow, pair.n) == (MAIN, NEXT, 300)
    assert pair.disagreeing_share == pytest.approx(differ.mean())
    assert pair.mean_difference == pytest.approx(np.abs(scores - shadows).mean())
    assert pair.correlation == pytest.approx(np.corrcoef(scores, shadows)[0, 1])
    assert list(pair.scores) == histogram(scores)
    assert list(pair.shadow_scores) == histogram(shadows)
    assert pair.decisions["approve"]["review"] == ((levels == RiskLevel.LOW) & (shadow_levels == RiskLevel.HIGH)).sum()
    assert sum(n for row in pair.decisions.values() for n in row.values()) == 300
    farthest = sorted(np.flatnonzero(differ), key=lambda n: -abs(scores[n] - shadows[n]))[:10]
    assert [example.transaction_id for example in pair.examples] == [f"t{n}" for n in farthest]


async def test_what_cannot_be_compared_is_left_out(database: Database) -> None:
    """A verdict without shadow, a blind one, one of the day before yesterday, one from before there were shadows."""
    await record(database, "both", decide(a_score(0.2, shadow=0.01)))
    await record(database, "alone", decide(a_score(0.2, shadow=None)))
    await record(database, "blind", decide_blind(BlindReason.SCORER_TIMEOUT))
    await record(database, "long-ago", decide(a_score(0.2, shadow=0.01)), age=timedelta(hours=25))
    await record(database, "old-form", decide(a_score(0.2, shadow=None)))
    await database["transactions"].update_one({"transaction_id": "old-form"}, {"$unset": {"verdict.shadow": ""}})

    (pair,) = await compare_models(database)

    assert [example.transaction_id for example in pair.examples] == ["both"]
    assert (pair.n, pair.decisions) == (1, {"review": {"approve": 1}})


async def test_each_pair_of_versions_is_compared_by_itself(database: Database) -> None:
    """After a change of the shadow the old one's figures are not the new one's."""
    for n in range(3):
        await record(database, f"new{n}", decide(a_score(0.2, shadow=0.2, shadow_version="3")))
    await record(database, "old", decide(a_score(0.2, shadow=0.01)))

    new, old = await compare_models(database)

    assert (new.shadow.version, new.n, new.disagreeing_share) == ("3", 3, 0.0)
    assert (old.shadow.version, old.n, old.disagreeing_share) == ("2", 1, 1.0)


async def test_scores_that_never_change_have_no_correlation(database: Database) -> None:
    """Rather nothing than a quotient of rounding errors."""
    for n in range(50):
        await record(database, f"t{n}", decide(a_score(0.1 + 0.2, shadow=n / 100)))

    (pair,) = await compare_models(database)

    assert pair.correlation is None


async def test_labels_judge_what_was_flagged(database: Database) -> None:
    """Of five labelled payments the model flags three, two of them frauds; the shadow one, a fraud."""
    flags = {"a": (0.6, 0.6), "b": (0.2, 0.01), "c": (0.2, 0.01), "d": (0.01, 0.01), "e": (0.01, 0.01)}
    for transaction_id, (score, shadow) in flags.items():
        await record(database, transaction_id, decide(a_score(score, shadow=shadow)))
    await record(database, "blind", decide_blind(BlindReason.SCORER_TIMEOUT))
    frauds = {"a", "b", "d", "blind", "never seen"}
    await database["labels"].insert_many(
        [a_label(id_, is_fraud=id_ in frauds) for id_ in ("a", "b", "c", "d", "e", "blind", "never seen")]
    )

    (pair,) = (await judge_models(database)).pairs

    assert (pair.model, pair.shadow, pair.n, pair.frauds) == (MAIN, NEXT, 5, 3)
    assert (pair.judged.flagged, pair.judged.caught) == (3, 2)
    assert (pair.judged.precision, pair.judged.recall) == pytest.approx((2 / 3, 2 / 3))
    assert pair.shadow_judged is not None
    assert (pair.shadow_judged.flagged, pair.shadow_judged.caught) == (1, 1)
    assert (pair.shadow_judged.precision, pair.shadow_judged.recall) == pytest.approx((1.0, 1 / 3))


async def test_labels_judge_a_model_without_shadow_too(database: Database) -> None:
    """And with nothing flagged there is no precision, which is not 0."""
    await record(database, "a", decide(a_score(0.01, shadow=None)))
    await database["labels"].insert_one(a_label("a", is_fraud=False))

    (pair,) = (await judge_models(database)).pairs

    assert (pair.shadow, pair.shadow_judged) == (None, None)
    assert (pair.judged.flagged, pair.judged.precision, pair.judged.recall) == (0, None, None)


async def test_labels_tell_what_became_of_blocks_that_a_budget_held_back(database: Database) -> None:
    """By the model's level, beside what was decided; with scores at both ends, which have no log-odds."""
    may_block = Limits(review_threshold=0.1, block_threshold=0.5, may_block=True, own_labels=True)
    cases = {"blocked": (0.9, True), "held": (0.9, False), "certain": (1.0, False), "safe": (0.0, True)}
    for transaction_id, (score, may) in cases.items():
        scored = structs.replace(a_score(score, shadow=None), limits=may_block)
        await record(database, transaction_id, decide(scored, take_block=lambda may=may: may))  # type: ignore[misc]
    await database["labels"].insert_many([a_label(id_, is_fraud=id_ in ("blocked", "certain")) for id_ in cases])

    (found,) = (await judge_models(database)).outcomes

    assert (found.name, found.version, found.labels, found.frauds) == ("gbdt", "1", 4, 2)
    assert found.would_block == {"block": Known(1, 0), "review": Known(2, 1)}


async def test_an_empty_ledger_compares_nothing(database: Database) -> None:
    """Nor does one without any collection of labels."""
    assert await compare_models(database) == []
    assert await judge_models(database) == Judged([], [])


async def test_a_ledger_that_is_away_says_so(settings: Settings) -> None:
    """In the gateway's words, in bounded time."""
    away = open_database(settings.model_copy(update={"mongodb_url": SecretStr("mongodb://127.0.0.1:9")}))

    with pytest.raises(LedgerUnreadable):
        await compare_models(away)
    with pytest.raises(LedgerUnreadable):
        await judge_models(away)
    away.client.close()


async def test_the_validator_refuses_a_shadow_that_cannot_be_true(database: Database) -> None:
    """Whoever writes."""
    impossible = a_score(0.2, shadow=0.01)
    assert impossible.shadow is not None

    with pytest.raises(Exception, match="validation"):
        await record(
            database, "t", decide(structs.replace(impossible, shadow=replace(impossible.shadow, risk_score=1.5)))
        )


def histogram(scores: Floats) -> list[int]:
    """Counts below the first edge, between, and from the last on."""
    counts = np.bincount(np.searchsorted(SCORE_EDGES, scores, side="right"), minlength=len(SCORE_EDGES) + 1)
    return [int(count) for count in counts]
