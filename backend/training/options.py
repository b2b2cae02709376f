"""Options that commands share: how a world is made."""

import argparse

from training.world.simulator import Rules, World, simulate

_SIZES = {
    "customers": "how many customers",
    "terminals": "how many terminals",
    "days": "how many days from 2018-04-01 on",
}
_FRAUDSTERS = {
    "multiplier": "of a stolen card's amounts",
    "terminal_compromise_days": "how long a terminal stays compromised",
    "customer_compromise_days": "how long a customer stays compromised",
}


def positive(text: str) -> int:
    """A whole number above 0, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def add_rules(parser: argparse.ArgumentParser) -> None:
    """The options of a world that is not the book's; without them it is."""
    group = parser.add_argument_group("the rules of the world (default: the book's)")
    for name, words in (_SIZES | _FRAUDSTERS).items():
        flag = "--" + name.replace("_", "-")
        group.add_argument(flag, type=positive, metavar="N", help=f"{words} ({getattr(Rules(), name)})")


def given_rules(options: argparse.Namespace) -> dict[str, int]:
    """Those rules that were given."""
    values = {name: getattr(options, name) for name in _SIZES | _FRAUDSTERS}
    return {name: value for name, value in values.items() if value is not None}


def simulated(parser: argparse.ArgumentParser, options: argparse.Namespace, seed: int) -> World:
    """The world of this seed by the rules that were given; an impossible one ends the command."""
    rules = Rules(**given_rules(options))
    if rules.terminals < rules.terminals_compromised_per_day or rules.customers < rules.customers_compromised_per_day:
        parser.error("a world needs at least 2 terminals and 3 customers to be compromised")
    return simulate(seed, rules)
