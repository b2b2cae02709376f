"""Injected faults as people are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.scoring.faults import BrainFaults, FaultSettings

_HEDGED_AWAY_RATE = 0.2  # three attempts are all slow for 0.8 % at the most; the demo's 10 % makes 0.1 %


@dataclass(frozen=True, slots=True)
class InjectedFaults:
    """
    What brains inject.

    Attributes:
        brains: How many inject something.
        asked: How many said what they inject.
        is_hedged_away: They only slow some attempts, and other attempts overtake these.
    """

    brains: int
    asked: int
    is_hedged_away: bool
    message: str


def describe_faults(brains: Sequence[BrainFaults]) -> InjectedFaults | None:
    """None while no brain that said so injects anything."""
    said = [brain.settings for brain in brains if brain.settings is not None]
    injecting = [settings for settings in said if _kinds(settings)]
    if not injecting:
        return None
    is_hedged_away = all(_is_hedged_away(settings) for settings in injecting)
    kinds = dict.fromkeys(kind for settings in injecting for kind in _kinds(settings))
    where = "" if len(injecting) == len(said) else f" on {len(injecting)} of {len(said)} brains"
    effect = " Other attempts overtake the slow ones." if is_hedged_away else ""
    message = f"Faults are injected on purpose{where}: {'; '.join(kinds)}.{effect}"
    return InjectedFaults(len(injecting), len(said), is_hedged_away, message)


def _kinds(settings: FaultSettings) -> list[str]:
    """In the words of the page that switches them on."""
    shares = {
        f"of the attempts to score take {settings.latency_s:g} s longer": settings.latency_rate,
        "of the attempts fail": settings.error_rate,
        "of the attempts get no answer": settings.drop_rate,
        "of the answers have no number for a score": settings.nan_rate,
        "of the answers name another transaction": settings.wrong_id_rate,
    }
    kinds = [f"{_share(rate)} {effect}" for effect, rate in shares.items() if rate > 0]
    constant = settings.constant_score
    return kinds if constant is None else [*kinds, f"every score is {constant:g}"]


def _share(rate: float) -> str:
    return "all" if rate == 1 else f"{rate * 100:.3g} %"


def _is_hedged_away(settings: FaultSettings) -> bool:
    others = (settings.error_rate, settings.drop_rate, settings.nan_rate, settings.wrong_id_rate)
    return settings.constant_score is None and not any(others) and settings.latency_rate <= _HEDGED_AWAY_RATE
