"""
Compiles what scoring calls, so that no payment waits for the compiler.

A brain does it before it serves: .3 s with the code of an earlier start, seconds without. `python -m
brain.scoring.warm_up` leaves that code behind, in the build of an image and in ./setup.sh.
"""

from brain.domain import Query
from brain.features.batches import build_batch
from brain.features.formulas import compute
from brain.model.artifact import Model
from brain.model.drift import Drift
from brain.reasons.explanation import explain
from brain.settings import HERE


def warm_up(model: Model) -> None:
    """Score a payment that nobody made."""
    query = Query("warm-up", 1, 100, "warm-up", "warm-up")
    x = compute(build_batch([query], [()], [()]))
    prediction = model.predict(x)
    explain([query], x, prediction.contributions)
    model.risk_scores(x)  # as a shadow
    Drift(model.references).add(x, prediction.risk_scores)


if __name__ == "__main__":
    warm_up(Model.load(HERE / "artifacts"))
