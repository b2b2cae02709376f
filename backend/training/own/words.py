"""Writes figures for people, in the terminal and in the report, and for machines."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from brain.domain import DAY_MS
from brain.model.artifact import Model
from training.own.baselines import AMOUNT, LOGISTIC
from training.own.comparing import NEW, PRESENT, Comparison
from training.own.judging import Measured

USUAL_CAP, CAP_MAX, ROOM = 0.002, 0.05, 1.5  # of GATEWAY_DECLINE_CAP; and how much more than the test's share is safe

CALLED = {
    NEW: "this model",
    PRESENT: "the present model",
    AMOUNT: "the amount alone",
    LOGISTIC: "logistic regression",
}
CANDIDATE = "candidate"  # what a model calls itself among the figures of its test
FRAUDS_MIN = 10  # in a test: with fewer, users that are drawn again are nearly always the same few
# name of the figure, its heading, whether it is a share
FIGURES = (
    ("auc", "AUC", False),
    ("ap", "AP", False),
    ("recall_01fpr", "frauds found at 0.1 %", True),
    ("recall_1fpr", "at 1 %", True),
    ("genuine_declined", "genuine declined", True),
    ("genuine_reviewed", "genuine reviewed", True),
    ("fraud_caught", "fraud caught", True),
    ("fraud_value_caught", "of its value", True),
    ("money", "cost", False),
)


def figure(name: str, value: float | None) -> str:
    """Write one figure."""
    if value is None:
        return "none"
    if name == "money":
        return f"{value:,.0f}"
    if name in {"auc", "ap"}:
        return f"{value:.3f}"
    return percent(value, 2 if name.startswith("genuine") else 1)


def interval(name: str, measured: Measured) -> str:
    """Write the interval of a figure; nothing if there is none."""
    if name not in measured.intervals:
        return ""
    low, high = measured.intervals[name]
    return f"{figure(name, low)} to {figure(name, high)}"


def percent(share: float, digits: int = 1) -> str:
    """Write a share."""
    return f"{100 * share:.{digits}f} %"


def table(found: Comparison) -> str:
    """Write the figures of all models, one a line, then the uncertainty of the first."""
    width = max(len(CALLED[name]) for name in found.measured) + 2
    head = f"{'':<{width}}" + "".join(f"{_short(heading):>12}" for _, heading, _ in FIGURES)
    rows = [
        f"{CALLED[name]:<{width}}" + "".join(f"{figure(key, one.figures[key]):>12}" for key, _, _ in FIGURES)
        for name, one in found.measured.items()
    ]
    sure = [
        f"{heading}: {interval(key, found.measured[NEW])}"
        for key, heading, _ in FIGURES if interval(key, found.measured[NEW])
    ]  # fmt: skip
    return "\n".join([head, *rows, "", "95 of 100 times, if users are drawn again: " + "; ".join(sure)])


def _short(heading: str) -> str:
    return {
        "frauds found at 0.1 %": "R@0.1%",
        "at 1 %": "R@1%",
        "genuine declined": "declined",
        "genuine reviewed": "reviewed",
        "fraud caught": "caught",
        "of its value": "by value",
    }.get(heading, heading)


def described(found: Comparison, present: Model | None) -> dict[str, object]:
    """
    Describe a test for the artifact's metadata: `backtest`, which the Model page shows and `promote` decides on.

    Args:
        present: The model that the comparison calls the present one.
    """
    names = {
        NEW: CANDIDATE,
        **{name: CALLED[name].removeprefix("the ").removesuffix(" model") for name in CALLED if name != NEW},
    }
    first, last = (date_of(at) for at in (found.split.test_from_ms, found.split.test_until_ms - DAY_MS))
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "with": None if present is None else {"name": present.name, "version": present.version},
        "period": [str(first), str(last)],
        "rows": found.judged.fraud.size,
        "frauds": int(found.judged.fraud.sum()),
        "models": {
            names.get(name, CALLED[name].removeprefix("the ")): one.figures for name, one in found.measured.items()
        },
    }


def above_cap(found: Comparison) -> str | None:
    """Say what a gateway has to allow for this model's declines; None where its usual cap does."""
    verdicts, weight = found.verdicts[NEW], found.judged.weight
    share = float(weight[verdicts.declined].sum() / weight.sum())
    if share <= USUAL_CAP:
        return None
    needed = min(CAP_MAX, np.ceil(share * ROOM * 1000) / 1000)
    return (
        f"it would block {percent(share, 2)} of all payments, frauds among them, and a gateway allows "
        f"{percent(USUAL_CAP)}: set GATEWAY_DECLINE_CAP to {needed:.3f}, or the others go to reviews"
    )


def caveats(frauds: int, measured: Mapping[str, Measured]) -> list[str]:
    """
    Say why a reader should not trust a model, or its figures; empty if nothing speaks against them.

    Args:
        frauds: In the test.
        measured: The figures of all that were compared there.
    """
    said = []
    if frauds < FRAUDS_MIN:
        said.append(
            f"the test has {frauds} fraud{'s' * (frauds != 1)}: these figures say next to nothing, and their ranges "
            f"are too narrow; it takes {FRAUDS_MIN} at least"
        )
    new, amount = (measured[name].figures["ap"] if name in measured else None for name in (NEW, AMOUNT))
    if new is not None and amount is not None and new <= amount:
        said.append(
            f"it does not rank better than the amount alone (AP {figure('ap', new)}, {figure('ap', amount)}): do not "
            "switch it on"
        )
    return said


def date_of(time_ms: int) -> date:
    """Return the day of a time, UTC."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).date()


def summary(found: Comparison, metadata: Mapping[str, Any]) -> dict[str, object]:
    """Return the figures of the model, by name, and those of the others under `others`."""
    return {
        **found.measured[NEW].figures,
        "intervals": found.measured[NEW].intervals,
        "others": {name: one.figures for name, one in found.measured.items() if name != NEW},
        "payments": found.judged.fraud.size,
        "frauds": int(found.judged.fraud.sum()),
        "model": {key: metadata.get(key) for key in ("name", "version", "may_block", "own_labels", "thresholds")},
    }
