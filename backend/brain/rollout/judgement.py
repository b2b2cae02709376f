"""Decides whether a model may be promoted: it must be better than the present one, on the same payments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from brain.model.artifact import Model
from brain.rollout.evidence import Evidence

SCORES_MIN = 1_000  # in shadow
FRAUDS_MIN = 10  # with a label, among them

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    Whether it may, and why.

    Attributes:
        reason: One sentence for the person who asked.
        facts: The figures that it was decided on, for the record.
    """

    may: bool
    reason: str
    facts: Mapping[str, Any]


def judge_figures(new: Figures, present: Figures, *, source: str) -> Judgement:
    """
    Judge by a backtest: average precision must be higher, and mistakes must not cost more.

    Args:
        new, present: Figures of the two on the same payments, by the names of `sentinel model backtest --json`.
        source: Where they come from.
    """
    facts = {"source": source, "new": _kept(new), "present": _kept(present)}
    ap, before = new.get("ap"), present.get("ap")
    if ap is None or before is None:
        return Judgement(False, f"{source}: there is no fraud to compare the two models by", facts)
    money, money_before = new.get("money"), present.get("money")
    figures = f"average precision {ap:.3f}, that of the present model {before:.3f}"
    if money is not None and money_before is not None:
        figures += f"; mistakes cost {money:,.0f} per 100,000 payments, now {money_before:,.0f}"
        if not money <= money_before and ap > before:  # nor is NaN
            return Judgement(
                False, f"it ranks better, but its thresholds make mistakes that cost more: {figures}", facts
            )
    if not ap > before:  # nor is NaN
        return Judgement(False, f"it is not better: {figures}", facts)
    return Judgement(True, f"it is better: {figures}", facts)


def judge_recorded(metadata: Mapping[str, Any], present: Model) -> Judgement:
    """Judge by the comparison that training recorded, if it was with the present model."""
    tested = metadata.get("backtest") or {}
    with_it = {"name": present.name, "version": present.version}
    if tested.get("with") != with_it:
        return Judgement(
            False,
            f"it was never compared with {present.name} {present.version}, which decides now: "
            "name a file of labelled payments by --data",
            {},
        )
    figures = tested["models"]
    return judge_figures(figures["candidate"], figures["present"], source="the test of its training")


def judge_shadow(evidence: Evidence, *, scores_min: int, frauds_min: int) -> Judgement:
    """Judge by what both scored while the new one ran along."""
    facts = {
        "source": "shadow", "payments": evidence.payments, "frauds": evidence.frauds,
        "new": {"ap": evidence.shadow_ap}, "present": {"ap": evidence.live_ap},
    }  # fmt: skip
    if evidence.payments < scores_min or evidence.frauds < frauds_min:
        return Judgement(
            False,
            f"it is too early: it ran along with {evidence.payments:,} payments, {evidence.frauds:,} of them known "
            f"frauds; it takes {scores_min:,} and {frauds_min:,}",
            facts,
        )
    if not evidence.frauds:  # where none are asked for
        return Judgement(True, f"it ran along with {evidence.payments:,} payments", facts)
    found = judge_figures({"ap": evidence.shadow_ap}, {"ap": evidence.live_ap}, source="shadow")
    return replace(found, facts=facts)


def _kept(figures: Figures) -> dict[str, float | None]:
    names = ("auc", "ap", "recall_1fpr", "genuine_declined", "genuine_reviewed", "fraud_caught", "money")
    return {name: figures[name] for name in names if name in figures}
