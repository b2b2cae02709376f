"""Describes which faults are injected and how often. The environment sets them at the start; an operator may later."""

from dataclasses import dataclass, fields

LATENCY_S_MAX = 60.0  # no caller waits longer for a score
LATENCY_S = 2.0


class InvalidFault(ValueError):
    """A value that is out of bounds. The message begins with the field's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """
    One whole set of faults; what is left out is off. Each share is drawn on its own.

    Attributes:
        latency_rate: Share of attempts, 0..1, that sleep before they are scored.
        latency_s: How long they sleep, in seconds, 0..60.
        error_rate: Share of attempts that fail.
        drop_rate: Share of attempts that get no answer: 0.5 loses half of each batch.
        nan_rate: Share of answers whose score is NaN.
        wrong_id_rate: Share of answers that name another transaction.
        constant_score: The score, 0..1, of every transaction; None for the model's own.

    Raises:
        InvalidFault: a value is out of bounds or not a number.
    """

    latency_rate: float = 0.0
    latency_s: float = LATENCY_S
    error_rate: float = 0.0
    drop_rate: float = 0.0
    nan_rate: float = 0.0
    wrong_id_rate: float = 0.0
    constant_score: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            value_max = LATENCY_S_MAX if field.name == "latency_s" else 1.0
            if value is not None and not 0.0 <= value <= value_max:  # NaN fails both
                raise InvalidFault(f"{field.name} must be between 0 and {value_max:g}")

    def rates_above_zero(self) -> dict[str, float]:
        """Return the shares that have to be drawn, by name."""
        rates = {field.name: getattr(self, field.name) for field in fields(self) if field.name.endswith("_rate")}
        return {name: rate for name, rate in rates.items() if rate > 0.0}
