"""Who is on record for what people do through a route."""

from dataclasses import dataclass

from fastapi import Request

from gateway.access.principal import principal_of
from gateway.errors import FieldError, InvalidRequest


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who takes a step.

    Attributes:
        by: The name on record.
        via: The key that named somebody else, `key <client>`: it vouches for `by`. None where nobody stands between.
    """

    by: str
    via: str | None = None


def actor_of(request: Request, said: str | None) -> Actor:
    """
    Find who takes a step.

    A person has the own name, whatever the body says. A key may speak for its client's people: then both are on record.

    Args:
        said: `by` of the body.

    Raises:
        InvalidRequest: nobody is known and nobody is named.
    """
    principal = principal_of(request)
    if principal.kind == "person":
        return Actor(principal.name)
    if principal.kind == "key":
        return Actor(principal.name) if said is None else Actor(said, via=principal.name)
    if said is None:
        error = FieldError("/by", "must name who you are: this gateway has not asked")
        raise InvalidRequest("See `errors` for what is missing.", (error,))
    return Actor(said)


def recorder_of(request: Request) -> str | None:
    """Return the name for what is recorded without a `by` of its own; None where nobody is asked who they are."""
    principal = principal_of(request)
    return None if principal.kind == "demo" else principal.name
