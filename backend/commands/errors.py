"""How a command ends that could not be carried out."""

from collections.abc import Iterator
from contextlib import contextmanager

from typer.exceptions import TyperException


class CannotDo(TyperException):
    """The message is the one line that a person reads: what is wrong, and what to do."""

    exit_code = 2


@contextmanager
def in_one_line(*errors: type[Exception]) -> Iterator[None]:
    """Raises CannotDo with the message of these errors."""
    try:
        yield
    except errors as error:
        raise CannotDo(str(error)) from error
