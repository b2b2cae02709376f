"""What a caller may do, and the roles of people. The names are part of the API: keys are stored with them."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a route may ask for."""

    SCORE_WRITE = "score:write"
    RECORDS_READ = "records:read"  # personal data
    LABELS_WRITE = "labels:write"
    REVIEWS_WRITE = "reviews:write"
    LISTS_READ = "lists:read"
    LISTS_WRITE = "lists:write"
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"
    OPS_READ = "ops:read"
    ALERTS_READ = "alerts:read"
    ALERTS_RETRY = "alerts:retry"
    FAULTS_WRITE = "faults:write"
    METRICS_READ = "metrics:read"
    ADMIN = "admin"  # keys and people; it implies all others


class Role(StrEnum):
    """What a person is here; several add up."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    RULES = "rules"
    OPERATOR = "operator"
    ADMIN = "admin"


ALL = frozenset(Scope)
_VIEWER = {Scope.RECORDS_READ, Scope.OPS_READ, Scope.LISTS_READ, Scope.RULES_READ, Scope.ALERTS_READ}
_SCOPES = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.ANALYST: frozenset(_VIEWER | {Scope.LABELS_WRITE, Scope.REVIEWS_WRITE}),
    Role.RULES: frozenset(_VIEWER | {Scope.LISTS_WRITE, Scope.RULES_WRITE}),
    Role.OPERATOR: frozenset(_VIEWER | {Scope.FAULTS_WRITE, Scope.ALERTS_RETRY, Scope.METRICS_READ}),
    Role.ADMIN: ALL,
}


def implied_by(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """Return the scopes with what they imply: `admin` is all of them."""
    named = frozenset(scopes)
    return ALL if Scope.ADMIN in named else named


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return what these roles may do together."""
    return frozenset().union(*(_SCOPES[role] for role in roles))
