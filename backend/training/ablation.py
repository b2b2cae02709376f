"""
`sentinel model ablation`: measures what each group of features, and the masked rows, are worth.

About four minutes. Each model is trained like the shipped one without one part, and evaluated on validation weeks:
those of the evaluation must not influence any choice. The second column is of the same payments with part of what is
known removed, as for a new user or an unnamed merchant.
"""

import json

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from training.evaluation.validation import WEEKS, Validation
from training.examples.dataset import MASKED_SHARE, Examples, training_examples
from training.examples.histories import masked_features
from training.options import Progress
from training.train import SEEDS, VALIDATION_SEEDS, fit
from training.world.simulator import simulate

Floats = NDArray[np.float64]

_RUN = ("merchant_run_",)
_OF_MERCHANT = ("merchant_known", "merchant_risk", "merchant_days_since", *_RUN)
_LABELS = ("user_frauds", "card_frauds", "device_frauds", "address_frauds", "email_frauds", *_OF_MERCHANT)
_OUTLIERS = ("user_outliers", "user_days_since_outlier", "user_days_since_first")
_SPREADS = ("amount_to_user_spread", "amount_to_merchant_spread")
_USER = ("user_", "amount_to_user", "merchant_new_to_user")
_MERCHANT = ("merchant_count", "amount_to_merchant", "merchant_new_to_user", *_OF_MERCHANT)

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
    """List the features whose names begin with none of these prefixes."""
    return [name for name in FEATURE_NAMES if not (prefixes and name.startswith(prefixes))]


def ablate(*, as_json: bool, progress: Progress) -> None:
    """Train and evaluate each model, and print the results."""
    progress("making the payments", 0, len(GROUPS) + 1)
    examples = training_examples(simulate(SEEDS["world"]), seed=SEEDS["masks"])
    validation = Validation.of(simulate(VALIDATION_SEEDS[0]))
    masked = masked_rows(validation)
    if not as_json:
        print(
            f"AP on the {WEEKS} validation weeks of the world of seed {VALIDATION_SEEDS[0]}, by the book's protocol\n"
        )
        print(f"{'the model without':<34}{'features':>9}{'AP':>8}{'':>8}{'AP, masked':>12}", flush=True)

    whole = round(examples.fraud.size / (1 + MASKED_SHARE))  # the masked rows come after these
    unmasked = Examples(examples.x[:whole], examples.fraud[:whole])
    cases = [(name, examples, kept(prefixes)) for name, prefixes in GROUPS.items()]
    found: dict[str, dict[str, float]] = {}
    for name, some, names in [*cases, (WITHOUT_MASKS, unmasked, kept(()))]:
        progress(f"without {name}", len(found), len(GROUPS) + 1)
        found[name] = judged(some, names, validation, masked)
        if not as_json:
            _print_row(name, found)
    if as_json:
        print(json.dumps(found))


def judged(examples: Examples, names: list[str], validation: Validation, masked: Floats) -> dict[str, float]:
    """Compute the average precision of a model of these features, on the validation weeks unmasked and masked."""
    booster = fit(examples, names=names)
    columns = [FEATURE_NAMES.index(name) for name in names]
    ap, masked_ap = (validation.figures(np.asarray(booster.predict(x[:, columns]))).ap for x in (validation.x, masked))
    return {"features": len(names), "ap": ap, "masked_ap": masked_ap}


def masked_rows(validation: Validation) -> Floats:
    """Compute the features (n, F) of the validation payments, each with part of what is known removed."""
    rng = np.random.default_rng(SEEDS["masks"])
    return np.concatenate(
        [masked_features(world, rows, rng) for world, rows in zip(validation.worlds, validation.rows, strict=True)]
    )


def _print_row(name: str, found: dict[str, dict[str, float]]) -> None:
    full, one = next(iter(found.values())), found[name]
    change = f"{one['ap'] - full['ap']:+.3f}" if one is not full else ""
    print(f"{name:<34}{one['features']:>9}{one['ap']:>8.3f}{change:>8}{one['masked_ap']:>12.3f}", flush=True)
