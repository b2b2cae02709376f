"""The size of a town and its time."""

from dataclasses import dataclass
from datetime import UTC, datetime

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Rules:
    """The size of a town; the default makes about a million payments."""

    users: int = 24_000
    merchants: int = 3_000
    days: int = 180
    start_ms: int = int(datetime(2025, 1, 6, tzinfo=UTC).timestamp() * 1000)
    fraud_times: float = 1.0  # as many frauds as the constants say
