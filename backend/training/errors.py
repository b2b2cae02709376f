"""What can be wrong with what a command was given."""


class UnusableDataError(Exception):
    """
    The payments cannot be judged. The message is one line for a person: which file, which column, which row.

    Raised before anything was computed from them; a command prints it and ends with status 2.
    """
