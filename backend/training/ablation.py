"""
What each group of features is worth, and what the masked rows are: `PYTHONPATH=backend python -m training.ablation`.

About four minutes. Each model is trained as the shipped one is, less something, and judged on validation weeks: not on
those of the evaluation, which no choice may look at. The second column judges the same payments with part of what is
known taken away, as for a new user or an unnamed merchant.
"""

import argparse
import json
import sys

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES, compute
from training.evaluation.validation import WEEKS, Validation
from training.examples.dataset import MASKED_SHARE, Examples, training_examples
from training.examples.histories import batches
from training.examples.masks import mask
from training.train import SEEDS, VALIDATION_SEEDS, fit
from training.world.simulator import simulate

Floats = NDArray[np.float64]

_RUN = ("merchant_run_",)
_LABELS = ("user_frauds", "merchant_known", "merchant_risk", "merchant_days_since", *_RUN)
_OUTLIERS = ("user_outliers", "user_days_since_outlier", "user_days_since_first")
_SPREADS = ("amount_to_user_spread", "amount_to_merchant_spread")
_USER = ("user_", "amount_to_user", "merchant_new_to_user")
_MERCHANT = ("merchant_count", "amount_to_merchant", "merchant_new_to_user", *_LABELS[1:])

# What is left out, by the beginnings of the names of features.
GROUPS: dict[str, tuple[str, ...]] = {
    "nothing: the shipped features": (),
    "all that labels tell": _LABELS,
    "all of the merchant": _MERCHANT,
    "all of the user": _USER,
    "the spread of amounts": _SPREADS,
    "earlier outliers": _OUTLIERS,
    "runs of frauds at a merchant": _RUN,
}
WITHOUT_MASKS = "masked rows"


def kept(prefixes: tuple[str, ...]) -> list[str]:
    """The features whose names begin with none of these."""
    return [name for name in FEATURE_NAMES if not (prefixes and name.startswith(prefixes))]


def main(arguments: list[str] | None = None) -> int:
    """Train, judge and print; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.ablation", description="Average precision without each group of features."
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    options = parser.parse_args(arguments)
    if not options.json:
        print(
            f"AP on the {WEEKS} validation weeks of the world of seed {VALIDATION_SEEDS[0]}, by the book's protocol\n"
        )
        print(f"{'the model without':<34}{'features':>9}{'AP':>8}{'':>8}{'AP, masked':>12}", flush=True)
    examples = training_examples(simulate(SEEDS["world"]), seed=SEEDS["masks"])
    validation = Validation.of(simulate(VALIDATION_SEEDS[0]))
    masked = masked_rows(validation)

    told: dict[str, dict[str, float]] = {}
    for name, prefixes in GROUPS.items():
        told[name] = judged(examples, kept(prefixes), validation, masked)
        _print_row(name, told, is_shown=not options.json)
    whole = round(examples.fraud.size / (1 + MASKED_SHARE))  # the masked ones stand below these
    told[WITHOUT_MASKS] = judged(Examples(examples.x[:whole], examples.fraud[:whole]), kept(()), validation, masked)
    _print_row(WITHOUT_MASKS, told, is_shown=not options.json)
    if options.json:
        print(json.dumps(told))
    return 0


def judged(examples: Examples, names: list[str], validation: Validation, masked: Floats) -> dict[str, float]:
    """Average precision of a model of these features, on the validation weeks as they are and masked."""
    booster = fit(examples, names=names)
    columns = [FEATURE_NAMES.index(name) for name in names]
    ap, masked_ap = (validation.figures(np.asarray(booster.predict(x[:, columns]))).ap for x in (validation.x, masked))
    return {"features": len(names), "ap": ap, "masked_ap": masked_ap}


def masked_rows(validation: Validation) -> Floats:
    """(n, F) features of the validation payments, each with part of what is known lost."""
    rng = np.random.default_rng(SEEDS["masks"])
    return np.concatenate(
        [
            compute(mask(batch, rng))
            for world, rows in zip(validation.worlds, validation.rows, strict=True)
            for batch in batches(world, rows)
        ]
    )


def _print_row(name: str, told: dict[str, dict[str, float]], *, is_shown: bool) -> None:
    if is_shown:
        full, one = next(iter(told.values())), told[name]
        change = f"{one['ap'] - full['ap']:+.3f}" if one is not full else ""
        print(f"{name:<34}{one['features']:>9}{one['ap']:>8.3f}{change:>8}{one['masked_ap']:>12.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
