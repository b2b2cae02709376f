"""Describes an own model for those who serve it, promote it and ask where it comes from."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import lightgbm
import numpy as np

from brain.features.formulas import FEATURE_NAMES
from brain.model.calibration import Calibration
from training.evaluation.reliability import Reliability
from training.model.canaries import make_pair
from training.model.encoding import apply_encodings
from training.model.reference import reference
from training.own.fitting import FOLDS, SEED, Fitted, Floats, Rows
from training.own.payments import OwnPayments
from training.own.splitting import Split

NAME = "sentinel-own"


def describe(
    own: OwnPayments,
    split: Split,
    rows: Rows,
    fitted: Fitted,
    *,
    calibration: Calibration,
    thresholds: Mapping[str, float],
    how_chosen: str,
    may: Mapping[str, bool],
    baselines: Mapping[str, Any],
    label_delay_days: int,
) -> dict[str, object]:
    """
    Make the metadata that `Model.load` and a reader need.

    Args:
        rows, fitted: What was learned from, and what came of it.
        calibration: From the trees' log-odds to a probability.
        may: `may_block` and `own_labels`, as enough frauds allow.
        label_delay_days: After which the features took unlabelled payments for genuine.
    """
    text = fitted.booster.model_to_string()
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    scores = calibration.probabilities(fitted.unseen)
    first, last = (_date(int(own.payments.time_ms[split.train[at]])) for at in (0, -1))
    x, fraud = rows.x[split.warm_up :], rows.fraud[split.warm_up :]
    reliability = Reliability.of(fraud, scores)
    return {
        "name": NAME,
        "version": f"{datetime.now(UTC):%Y%m%d.%H%M%S}-{sha256[:8]}",  # verdicts name a model by it
        "sha256": sha256,
        "features": list(FEATURE_NAMES),
        "thresholds": dict(thresholds),
        "thresholds_chosen": how_chosen,
        **may,
        "label_delay_days": label_delay_days,
        "encodings": fitted.encodings,
        "canaries": canaries(fitted, calibration),
        "trained_on": (
            f"own payments of {first} to {last}, with the labels that were known on {_date(split.test_from_ms)}"
        ),
        "rows": len(rows.fraud),
        "frauds": int(rows.fraud.sum()),
        "ripe_frauds": int(rows.fraud.sum()),
        "source": {**own.source, "label_delay_days": own.label_delay_days, "label_delay_from": own.delay_from},
        "tested_from_ms": split.test_from_ms,
        "baselines": baselines,
        "reference": reference(apply_encodings(x, fitted.encodings, names=FEATURE_NAMES), scores, thresholds),
        "calibration": {
            "how": f"log-odds, piecewise linear; fitted on what trees of the other {FOLDS - 1} parts of the time say",
            **calibration.written(),
            "brier": round(reliability.brier, 6),
            "log_loss": round(reliability.log_loss, 6),
            "ece": round(reliability.error, 6),
        },
        "seeds": {"boosting": SEED},
        "lightgbm": lightgbm.__version__,
    }


def scores_by(fitted: Fitted, calibration: Calibration) -> Callable[[Floats], Floats]:
    """Return what maps features (n, F), with codes as they are, to risk scores (n,), as they will be served."""

    def scores_of(x: Floats) -> Floats:
        encoded = apply_encodings(x, fitted.encodings, names=FEATURE_NAMES)
        return calibration.probabilities(np.asarray(fitted.booster.predict(encoded, raw_score=True)))

    return scores_of


def canaries(fitted: Fitted, calibration: Calibration) -> list[dict[str, object]]:
    """Make the pair by which a gateway checks the model; none where it hardly looks at an amount without history."""
    try:
        return make_pair(scores_by(fitted, calibration))
    except ValueError:
        return []


def _date(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).date().isoformat()
