"""Errors of the history."""


class HistoryUnavailable(Exception):
    """History may not have been written: send the same again. The message names no driver and no address."""
