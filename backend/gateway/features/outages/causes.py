"""Why an outage is one, in one word: a blind reason code, or one of these."""

from enum import StrEnum

from gateway.features.rescoring.store import SUSPECT


class OutageCause(StrEnum):
    """What is no reason of a blind verdict."""

    HISTORY_UNAVAILABLE = "HISTORY_UNAVAILABLE"  # the brain could not read it
    LEDGER_UNAVAILABLE = "LEDGER_UNAVAILABLE"  # and MongoDB did not answer this gateway either
    INJECTED_FAULTS = "INJECTED_FAULTS"  # a drill cost scores, and opened no circuit
    CANARY = SUSPECT  # every brain failed its canaries
    UNKNOWN = "UNKNOWN"


_HARMLESS_FIRST: list[str] = [
    OutageCause.HISTORY_UNAVAILABLE,
    OutageCause.LEDGER_UNAVAILABLE,
    OutageCause.INJECTED_FAULTS,
]


def is_worse(cause: str, other: str) -> bool:
    """Whether an outage of the other cause that comes to this one is named by this one. Of equals the first stays."""
    return _badness(cause) > _badness(other)


def _badness(cause: str) -> int:
    if cause == OutageCause.CANARY:
        return len(_HARMLESS_FIRST) + 1
    return _HARMLESS_FIRST.index(cause) if cause in _HARMLESS_FIRST else len(_HARMLESS_FIRST)
