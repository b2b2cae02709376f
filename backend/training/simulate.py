"""`sentinel model simulate`: writes a simulated world into a file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from training.errors import UnusableDataError
from training.options import simulated
from training.world.datafile import ending
from training.world.export import write
from training.world.simulator import SCENARIOS as HANDBOOK_SCENARIOS
from training.world.town.constants import SCENARIOS
from training.world.town.rules import Rules
from training.world.town.simulator import simulate_town

USERS_MIN = 100  # fewer make no frauds at all


def write_world(out: Path, seed: int, given: Mapping[str, int]) -> str:
    """
    Simulate the Handbook's world and write it.

    Args:
        given: Rules that are not the book's.

    Returns:
        A line for people: how many payments and frauds there are.

    Raises:
        UnusableDataError: the file cannot be written, or no such world can be made.
    """
    ending(out)  # checked before the work
    world = simulated(seed, given)
    write(out, world.payments(), HANDBOOK_SCENARIOS, world.scenario.astype(np.int64))
    return f"{out.name}: {world.time_ms.size:,} payments, {int(world.fraud.sum()):,} of them frauds, seed {seed}"


def write_town(out: Path, seed: int, given: Mapping[str, int]) -> str:
    """
    Simulate a town and write it.

    Args:
        given: `users`, `merchants` and `days` that are not the default ones.

    Returns:
        A line for people: how many payments and frauds there are.

    Raises:
        UnusableDataError: the file cannot be written, or the town is too small.
    """
    ending(out)
    if given.get("users", USERS_MIN) < USERS_MIN:
        raise UnusableDataError(f"a town needs at least {USERS_MIN} users")
    town = simulate_town(seed, Rules(**given))
    write(out, town.payments, SCENARIOS, town.scenario.astype(np.int64))
    told, frauds = int(town.payments.fraud.sum()), int(town.fraud.sum())
    return f"{out.name}: {len(town.payments):,} payments, {frauds:,} frauds, {told:,} labels of fraud, seed {seed}"
