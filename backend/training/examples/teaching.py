"""
Makes the rows that the shipped model is trained on: of a town, and a smaller part of the Handbook's world.

The town has the kinds of fraud that merchants speak of. The Handbook's world adds what the town lacks: merchants of
which all payments are fraud for some weeks, so that labels at a merchant mean something, and customers whose stolen
cards pay a multiple of the usual.
"""

from dataclasses import dataclass

import numpy as np

from brain.domain import LABEL_DELAY_MS
from training.examples.dataset import Examples, training_examples
from training.examples.town import town_examples
from training.world.simulator import Rules as HandbookRules
from training.world.simulator import simulate
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

# Small enough to be made again by everybody; the town has more frauds than usual, which weigh less.
TOWN = Rules(users=24_000, merchants=3_500, fraud_times=2.0)
HANDBOOK = HandbookRules(customers=500, terminals=1_000, radius=11.0, terminals_compromised_per_day=1)
HANDBOOK_WEIGHT = 0.5  # of a payment there


@dataclass(frozen=True, slots=True)
class Seeds:
    """What the rows are drawn by."""

    world: int
    masks: int


def teaching_examples(seeds: Seeds, *, town: Rules = TOWN, handbook: HandbookRules = HANDBOOK) -> Examples:
    """Make the rows of both worlds; the arguments make smaller ones for tests."""
    ours = town_examples(simulate_town(seeds.world, town), seed=seeds.masks, label_delay_ms=LABEL_DELAY_MS)
    theirs = training_examples(simulate(seeds.world, handbook), seed=seeds.masks)
    known = np.ones(ours.fraud.size) if ours.weight is None else ours.weight
    return Examples(
        x=np.concatenate([ours.x, theirs.x]),
        fraud=np.concatenate([ours.fraud, theirs.fraud]),
        weight=np.concatenate(
            [np.where(ours.fraud, known / town.fraud_times, known), np.full(theirs.fraud.size, HANDBOOK_WEIGHT)]
        ),
    )
