"""What MongoDB is asked of a verdict, in its own words."""

from collections.abc import Mapping
from typing import Any

BY_MODEL = "model"  # what somebody else decided says nothing of a model


def model_decision(verdict: str) -> Mapping[str, Any]:
    """By the model's level, as the shadow's is: budgets hold back the one that decides, and would make them differ."""
    return {"$ifNull": [f"{verdict}.budget.model_decision", f"{verdict}.decision"]}


def sum_if(condition: Any) -> Mapping[str, Any]:
    """How often it is so."""
    return {"$sum": {"$cond": [condition, 1, 0]}}
