"""
An amendment as MongoDB keeps it, in the `amendments` of a transaction, oldest first.

    at, reason          when it was found out, and why it was looked for
    old, new            decisions: the one that stands, the one that would have been
    budget              { name, model_decision } or null: what made `new` milder than the model's level
    score, risk_level, reasons[], model, degraded[]     what the model says, as of the transaction's own time
"""

from collections.abc import Mapping
from typing import Any

from gateway.domain import Amendment, Budget, BudgetName, Decision, Reason, RiskLevel, Score


def amendment_to_document(amendment: Amendment) -> dict[str, Any]:
    """For $push."""
    score = amendment.score
    return {
        "at": amendment.at,
        "reason": amendment.reason,
        "old": amendment.old_decision.value,
        "new": amendment.new_decision.value,
        "score": score.risk_score,
        "risk_level": score.risk_level.value,
        "reasons": [{"code": r.code, "message": r.message, "contribution": r.contribution} for r in score.reasons],
        "model": {"name": score.model_name, "version": score.model_version},
        "degraded": list(score.degraded),
        "budget": budget_to_document(amendment.budget),
    }


def budget_to_document(budget: Budget | None) -> dict[str, Any] | None:
    """Of a verdict, or of an amendment."""
    if budget is None:
        return None
    document: dict[str, Any] = {"name": budget.name.value, "model_decision": budget.model_decision.value}
    return document if budget.probability is None else document | {"probability": budget.probability}


def to_budget(stored: Mapping[str, Any] | None) -> Budget | None:
    """From a document; those from before there were budgets have none."""
    if stored is None:
        return None
    return Budget(BudgetName(stored["name"]), Decision(stored["model_decision"]), stored.get("probability"))


def to_amendment(stored: Mapping[str, Any]) -> Amendment:
    """From a document."""
    return Amendment(
        at=stored["at"],
        reason=stored["reason"],
        old_decision=Decision(stored["old"]),
        new_decision=Decision(stored["new"]),
        score=Score(
            risk_score=stored["score"],
            risk_level=RiskLevel(stored["risk_level"]),
            reasons=tuple(Reason(r["code"], r["message"], r["contribution"]) for r in stored["reasons"]),
            model_name=stored["model"]["name"],
            model_version=stored["model"]["version"],
            degraded=tuple(stored["degraded"]),
        ),
        budget=to_budget(stored.get("budget")),
    )
