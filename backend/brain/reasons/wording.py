"""Holds the words that sentences share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from brain.domain import Query
from brain.features.formulas import FEATURE_NAMES

_COLUMN = {name: column for column, name in enumerate(FEATURE_NAMES)}


@dataclass(slots=True)  # not frozen: one is made for each row, in a third of the time
class Facts:
    """
    The facts of one sentence: the query and its features by name.

    Sentences ask for some ten of 80 features, so these are not made numbers of Python before.
    """

    query: Query
    features: Sequence[float] | memoryview

    def __getitem__(self, name: str) -> float:
        value: float = self.features[_COLUMN[name]]
        return value


# Takes the facts and the reason's contribution in log-odds.
Sentence = Callable[[Facts, float], str]

ALARMING, NEUTRAL, SOOTHING = 1, 0, -1  # how a person reads a fact without its contribution
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def said(fact: str, reads: int, contribution: float) -> str:
    """Return the fact, and say so where its contribution has the opposite sign of what a person expects."""
    if reads * contribution >= 0:
        return fact
    return f"{fact}, which did not {'raise' if reads == ALARMING else 'lower'} the risk here"


def times(count: float, noun: str) -> str:
    """Write a count with its noun."""
    return f"{count:.0f} {noun}" + ("" if round(count) == 1 else "s") if count else f"no {noun}"


def ordinal(count: float) -> str:
    """Write which one it is, of those that are told apart."""
    n = round(count)
    if 1 <= n <= len(_ORDINALS):
        return _ORDINALS[n - 1]
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
