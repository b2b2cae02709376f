"""Errors of what a command was given."""


class UnusableDataError(Exception):
    """
    The payments cannot be evaluated. The message is one line that names the file, the column and the row.

    Raised before anything is computed from them; a command prints it and exits with status 2.
    """
