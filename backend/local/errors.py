"""What stops a command of `./setup.sh`."""


class LocalError(Exception):
    """The message is what a person reads: what is wrong and what to do, in one line."""
