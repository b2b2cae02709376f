"""Times in whole milliseconds, UTC: as MongoDB keeps them, so that what is answered and what is stored are equal."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment."""
    return whole_ms(datetime.now(UTC))


def whole_ms(time: datetime) -> datetime:
    """The same time without what is finer than a millisecond; cut, never rounded, as MongoDB does."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
