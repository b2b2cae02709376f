"""Shared by the commands: how they make a world and report progress."""

from collections.abc import Callable, Mapping

from training.errors import UnusableDataError
from training.world.simulator import Rules, World, simulate

Progress = Callable[[str, int, int], None]  # the step, how many are done, of how many


def simulated(seed: int, given: Mapping[str, int]) -> World:
    """
    Simulate the world of this seed by the book's rules, except for given ones.

    Raises:
        UnusableDataError: no world is possible by these rules.
    """
    rules = Rules(**given)
    if rules.terminals < rules.terminals_compromised_per_day or rules.customers < rules.customers_compromised_per_day:
        raise UnusableDataError("a world needs at least 2 terminals and 3 customers to be compromised")
    return simulate(seed, rules)
