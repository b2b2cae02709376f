"""Time that passes when a test says so."""


class Clock:
    """Monotonic seconds that move when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now_s
