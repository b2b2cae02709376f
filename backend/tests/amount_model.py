"""
A model that judges somebody new by the amount alone: for tests of what follows from a score, not of the score.

The shipped one does no such thing, and whoever trains another must not have to mend those tests.
"""

import hashlib
import json
from pathlib import Path

from brain.features.formulas import FEATURE_NAMES
from brain.model.artifact import METADATA_FILE
from training.model.artifact import write
from training.train import ARTIFACTS

RISKY = 900  # in USD, of somebody new: `review`, and `block` where the model may
CLEAN = 12.5
VERSION = "by-amount"

_TREE = """tree
version=v4
objective=binary sigmoid:1
feature_names={features}

Tree=0
num_leaves=3
num_cat=0
split_feature={amount} {amount}
threshold=100 220
decision_type=10 10
left_child=-1 -2
right_child=1 -3
leaf_value=-5 -1 4
internal_value=-3 0

end of trees
"""  # up to 100 USD 0.007, up to 220 USD 0.27, above 0.98; with a payment of the user known as for a small amount


def write_amount_model(directory: Path, *, may_block: bool = False) -> None:
    """Put the artifact into the directory."""
    text = _TREE.format(features=" ".join(FEATURE_NAMES), amount=FEATURE_NAMES.index("amount_alone"))
    shipped = json.loads((ARTIFACTS / METADATA_FILE).read_text())  # for what a page shows of a model beside its scores
    metadata: dict[str, object] = {
        "name": "sentinel-gbdt",
        "version": VERSION,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "features": list(FEATURE_NAMES),
        "thresholds": {"medium": 0.1, "high": 0.5, "critical": 0.9},
        "may_block": may_block,
        "own_labels": False,
        "canaries": [
            {"minor_units": 12_50, "currency": "USD", "score_min": 0.006, "score_max": 0.0075},
            {"minor_units": 900_00, "currency": "USD", "score_min": 0.98, "score_max": 0.984},
        ],
        "trained_on": "simulated: three amounts, made up for tests",
        "metrics": shipped["metrics"],
        "reference": shipped["reference"],
    }
    write(directory, text, metadata)
