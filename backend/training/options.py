"""What the commands share: a world by the rules that somebody gives, and how they say how far they are."""

from collections.abc import Callable, Mapping

from training.errors import UnusableDataError
from training.world.simulator import Rules, World, simulate

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def simulated(seed: int, given: Mapping[str, int]) -> World:
    """
    The world of this seed by the book's rules, but for those that are given.

    Raises:
        UnusableDataError: no world can be made by them.
    """
    rules = Rules(**given)
    if rules.terminals < rules.terminals_compromised_per_day or rules.customers < rules.customers_compromised_per_day:
        raise UnusableDataError("a world needs at least 2 terminals and 3 customers to be compromised")
    return simulate(seed, rules)
