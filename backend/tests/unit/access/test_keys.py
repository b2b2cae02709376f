"""The form of a key, and what is kept of it."""

import re

import pytest

from gateway.access.keys import hash_secret, new_key, split_key
from gateway.access.scopes import Role, Scope, implied_by, scopes_of


def test_a_key_has_its_form_and_nothing_of_its_secret_is_kept() -> None:
    """256 random bits: no two are alike."""
    keys = [new_key() for _ in range(100)]

    assert all(re.fullmatch(rf"sentinel_{public_id}_[0-9A-Za-z]{{43}}", key) for public_id, key in keys)
    assert len({key for _, key in keys}) == 100
    parts = split_key(keys[0][1])
    assert parts is not None
    assert len(hash_secret(parts[1])) == 32


@pytest.mark.parametrize("text", ["", "sentinel__", "Sentinel_" + "a" * 12 + "_" + "b" * 43, "x" * 10_000])
def test_what_is_no_key_is_none(text: str) -> None:
    """Without an error, however long it is."""
    assert split_key(text) is None


def test_roles_add_up_and_admin_is_everything() -> None:
    """Nobody but an admin gets to keys and people, nobody but an admin or a key scores."""
    assert Scope.LABELS_WRITE not in scopes_of([Role.VIEWER, Role.OPERATOR])
    assert scopes_of([Role.ANALYST, Role.RULES]) > {Scope.REVIEWS_WRITE, Scope.LISTS_WRITE}
    assert scopes_of(Role) == implied_by([Scope.ADMIN]) == frozenset(Scope)
    others = scopes_of([role for role in Role if role is not Role.ADMIN])
    assert frozenset(Scope) - others == {Scope.ADMIN, Scope.SCORE_WRITE}
    assert scopes_of([]) == frozenset()
