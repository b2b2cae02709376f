"""What stops a benchmark."""


class BenchmarkError(Exception):
    """A figure that nobody may use: something was missing, or a promise was broken. The message says what."""
