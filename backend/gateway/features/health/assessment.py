"""From facts to what is wrong. Pure: the one place that decides whether all is well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.features.health.conditions import Condition, ConditionCode, Facts, Figure, Severity
from gateway.kit.circuit import CircuitState
from gateway.scoring.faults import BrainFaults, FaultSettings

_HEDGED_AWAY_RATE = 0.2  # three attempts are all slow for 0.8 % at the most; the demo's 10 % makes 0.1 %
_PENDING_S_MAX = 5.0  # a verdict waits that long in the journal of a gateway whose ledger is well: it is draining
_MANY = 2  # verdicts of the last minute; fewer are no sentence
_DEGRADED, _NOTICE = Severity.DEGRADED, Severity.NOTICE


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
    """Describe what brains inject; None while none that said so injects anything."""
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


def assess(facts: Facts) -> list[Condition]:
    """Find everything that is wrong, the worst first. Empty: all is well."""
    found = [*_scoring(facts), *_history(facts), *_ledger(facts), *_worker(facts), *_settings(facts)]
    found.extend(_others(facts, {condition.code.value for condition in found}))
    return sorted(found, key=lambda condition: condition.severity is _NOTICE)


def _scoring(facts: Facts) -> Iterator[Condition]:
    if facts.has_only_unhealthy:
        words = "Every brain that answers failed its canaries, so none is asked: verdicts are given without a score."
        yield Condition(ConditionCode.BRAIN_DISTRUSTED, _DEGRADED, words, figures=_brains(facts))
    elif not facts.is_reachable:
        words = "No brain is connected: verdicts are given without a score."
        yield Condition(ConditionCode.BRAIN_UNREACHABLE, _DEGRADED, words, figures=_brains(facts))
    elif facts.distrusted:
        words = f"{facts.distrusted} of {facts.brains} brains failed the canaries and are not asked."
        yield Condition(ConditionCode.BRAIN_DISTRUSTED, _NOTICE, words, figures=_brains(facts))
    if facts.circuit is not CircuitState.CLOSED:
        words = "The circuit to the brain is not closed: verdicts are given without a score."
        yield Condition(ConditionCode.CIRCUIT_OPEN, _DEGRADED, words)
    if facts.blind_since is not None and not facts.has_only_unhealthy:
        words = "No score has come for a while although some were wanted."
        yield Condition(ConditionCode.NO_SCORES, _DEGRADED, words, since=facts.blind_since)
    lack = facts.unscored.last_minute
    if facts.unscored.since is not None:
        words = f"{lack.n:,} of the {lack.wanted:,} verdicts of the last minute had no score."
        if lack.wanted < _MANY:
            words = "The last verdicts had no score; payments are rare."
        yield Condition(
            ConditionCode.UNSCORED_VERDICTS,
            _DEGRADED,
            words,
            facts.unscored.since,
            {"unscored_1m": lack.n, "verdicts_1m": lack.wanted},
        )


def _history(facts: Facts) -> Iterator[Condition]:
    """By what verdicts lacked; else by the brains' own word, which needs no verdict."""
    lack, unread = facts.degraded.last_minute, sum("history" in brain.degraded for brain in facts.faults)
    if facts.degraded.since is None and unread:
        words = f"{unread} of {_count(facts.faults, 'brain')} cannot read history, and will score without it."
        yield Condition(ConditionCode.HISTORY_UNAVAILABLE, _DEGRADED, words, figures={"brains": unread})
    elif facts.degraded.since is not None:
        words = f"{lack.n:,} of the {lack.wanted:,} scores of the last minute were made without history."
        if lack.wanted < _MANY:
            words = "The last scores were made without history; payments are rare."
        yield Condition(
            ConditionCode.DEGRADED_VERDICTS,
            _DEGRADED,
            words,
            facts.degraded.since,
            {"degraded_1m": lack.n, "scored_1m": lack.wanted},
        )


def _ledger(facts: Facts) -> Iterator[Condition]:
    backlog = {"pending": facts.pending, "oldest_pending_s": round(facts.oldest_pending_s or 0.0, 1)}
    if not facts.ledger_is_up:
        words = "MongoDB does not answer: verdicts wait in the journal of this machine."
        yield Condition(ConditionCode.LEDGER_DOWN, _DEGRADED, words, facts.ledger_changed_at, backlog)
    elif (facts.oldest_pending_s or 0.0) > _PENDING_S_MAX:
        words = f"{facts.pending:,} verdicts in the journal of this machine wait for MongoDB."
        yield Condition(ConditionCode.LEDGER_BACKLOG, _DEGRADED, words, figures=backlog)
    if not facts.journal_is_available:
        words = "The journal of this machine takes nothing: without MongoDB no verdict could be given."
        yield Condition(ConditionCode.JOURNAL_UNAVAILABLE, _DEGRADED, words)
    if facts.lost:
        words = f"{facts.lost:,} verdicts that were given are in no record: the journal of this machine was damaged."
        yield Condition(ConditionCode.JOURNAL_LOST, _NOTICE, words, facts.lost_found_at, {"lost": facts.lost})


def _worker(facts: Facts) -> Iterator[Condition]:
    away, stalled = facts.worker_away, facts.stalled
    if stalled is not None:
        words = (
            f"A worker is there and a brain is healthy, and nothing was re-scored for {stalled.for_s:,.0f} s: "
            f"a verdict waits since {stalled.oldest_s:,.0f} s. Verdicts are given as ever."
        )
        figures: dict[str, Figure] = {"idle_s": round(stalled.for_s, 1), "oldest_s": round(stalled.oldest_s, 1)}
        yield Condition(ConditionCode.RESCORING_STALLED, _DEGRADED, words, figures=figures)
    if away is None:
        return
    figures = {"away_s": round(away.for_s, 1)}
    waiting = "unscored verdicts and alerts wait for one"
    if (backlog := away.backlog) is not None:
        figures |= {"unscored": backlog.unscored, "alerts": backlog.alerts}
        waiting = f"{backlog.unscored:,} verdicts wait to be scored, and {backlog.alerts:,} alerts to be sent"
    words = f"No worker has been seen for {away.for_s:,.0f} s: {waiting}. Verdicts are given as ever."
    yield Condition(ConditionCode.WORKER_AWAY, _DEGRADED, words, figures=figures)


def _settings(facts: Facts) -> Iterator[Condition]:
    if not facts.lists_are_known:
        words = "No list is known yet: nothing is denied or allowed by one."
        yield Condition(ConditionCode.LISTS_UNKNOWN, _DEGRADED, words)
    if facts.policy_error is not None:
        words = f"The policy file is refused, and the one before stays in force: {facts.policy_error}"
        yield Condition(ConditionCode.POLICY_FILE_REFUSED, _DEGRADED, words)
    if facts.clock_skew_s is not None:
        side = "ahead of" if facts.clock_skew_s > 0 else "behind"
        words = (
            f"The clock of this machine is {abs(facts.clock_skew_s):,.0f} s {side} MongoDB's: one of them is wrong. "
            "Times that callers send are taken when either allows them."
        )
        figures = {"clock_skew_s": round(facts.clock_skew_s, 1)}
        yield Condition(ConditionCode.CLOCK_WRONG, _DEGRADED, words, figures=figures)
    if facts.refused:
        first = facts.refused[0]
        count = len({refused.brain for refused in facts.refused})
        words = (
            f"{count} of {facts.brains} brains cannot serve a promoted model, and the last serves on: {first.reason}"
        )
        yield Condition(ConditionCode.MODEL_REFUSED, _NOTICE, words, figures={"brains": count})
    injected = describe_faults(facts.faults)
    if injected is not None:
        severity = _NOTICE if injected.is_hedged_away else _DEGRADED
        figures = {"brains": injected.brains, "brains_asked": injected.asked}
        yield Condition(ConditionCode.INJECTED_FAULTS, severity, injected.message, figures=figures)


def _others(facts: Facts, known: set[str]) -> Iterator[Condition]:
    """What only others see: all gateways share brains and ledger, and one thing is said once."""
    news = [set(other.conditions) - known for other in facts.others]
    codes = sorted(set[str]().union(*news))
    if codes:
        seeing = sum(bool(of_one) for of_one in news)
        verb = "reports" if seeing == 1 else "report"
        words = f"{seeing} of {_count(facts.others, 'other gateway')} {verb} {', '.join(codes)}."
        yield Condition(ConditionCode.OTHER_GATEWAY, _DEGRADED, words, figures={"gateways": seeing})


def _brains(facts: Facts) -> dict[str, int]:
    return {"brains": facts.brains, "brains_distrusted": facts.distrusted}


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
