"""Who is on record for what people do through a route."""

from dataclasses import dataclass

from fastapi import Request

from gateway.access.principal import principal_of


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

    A person has the own name, whatever the body says. A key may speak for its client's people: then both are on
    record. Where nobody is asked (GATEWAY_AUTH=open), whoever says nothing is `demo`.

    Args:
        said: `by` of the body.
    """
    principal = principal_of(request)
    if principal.kind == "person" or said is None:
        return Actor(principal.name)
    return Actor(said, via=principal.name if principal.kind == "key" else None)


def recorder_of(request: Request) -> str | None:
    """Return the name for what is recorded without a `by` of its own; None where nobody is asked who they are."""
    principal = principal_of(request)
    return None if principal.kind == "demo" else principal.name
