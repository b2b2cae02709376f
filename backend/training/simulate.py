"""`sentinel model simulate`: writes a simulated world into a file."""

from collections.abc import Mapping
from pathlib import Path

from training.options import simulated
from training.world.datafile import ending, write


def write_world(out: Path, seed: int, given: Mapping[str, int]) -> str:
    """
    Simulate a world and write it.

    Args:
        given: Rules that are not the book's.

    Returns:
        A line for people: how many payments and frauds there are.

    Raises:
        UnusableDataError: the file cannot be written, or no such world can be made.
    """
    ending(out)  # checked before the work
    world = simulated(seed, given)
    write(out, world)
    return f"{out.name}: {world.time_ms.size:,} payments, {int(world.fraud.sum()):,} of them frauds, seed {seed}"
