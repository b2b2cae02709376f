"""The error that stops a command of `./setup.sh`."""


class LocalError(Exception):
    """The message is one line for a person: what is wrong and what to do."""
