"""Checks an artifact from the ledger before it serves: its hash, its form, and what it says of its own canaries."""

import time
from collections.abc import Mapping
from decimal import Decimal

from brain.domain import Query
from brain.errors import ArtifactError
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import Model
from brain.scoring.features import read_features
from brain.scoring.warm_up import warm_up
from money.currencies import to_reference_minor
from records.models import Artifact

ANY_TWO = ((12_50, "USD"), (2_500_00, "USD"))  # what gateways ask a model that brings no pair


def check_artifact(artifact: Artifact, rates: Mapping[str, Decimal]) -> Model:
    """
    Read an artifact, and let it score. Takes some 0.1 s of a core: not for the event loop.

    Args:
        rates: Reference currency units for one unit of each currency.

    Raises:
        ArtifactError: it cannot serve.
    """
    model = Model.read(artifact.model, artifact.metadata, where=artifact.id[:12])
    try:
        warm_up(model)
        _check_canaries(model, rates)
    except ArtifactError:
        raise
    except Exception as failure:  # whatever it is, it must not happen to a payment
        raise ArtifactError(f"the model cannot score: {failure!r}") from failure
    return model


def _check_canaries(model: Model, rates: Mapping[str, Decimal]) -> None:
    """Ask what each gateway will ask, with the history of nobody."""
    for canary in model.canaries:
        score = _score(model, canary.minor_units, canary.currency, rates)
        if not canary.score_min <= score <= canary.score_max:
            raise ArtifactError(
                f"it scores its own canary of {canary.minor_units} {canary.currency} {score:.6f}, "
                f"which must be {canary.score_min} to {canary.score_max}"
            )
    if not model.canaries and len({_score(model, *payment, rates) for payment in ANY_TWO}) == 1:
        raise ArtifactError(
            "it brings no canaries and scores a small and a large payment of somebody unknown the same: "
            "no gateway could see that it scores at all, and all would stop asking it"
        )


def _score(model: Model, minor_units: int, currency: str, rates: Mapping[str, Decimal]) -> float:
    amount_minor = to_reference_minor(minor_units, currency, rates)
    query = Query("canary", int(time.time() * 1000), amount_minor, "canary", None, is_canary=True)
    x, _ = read_features(Memory(1), rows_of([query]), model.label_delay_ms)
    score = float(model.predict(x).risk_scores[0])
    if not 0 <= score <= 1:  # nor is NaN
        raise ArtifactError(f"it scores a payment {score}")
    return score
