"""Who is on record for a step."""

from fastapi import Request

from gateway.access.principal import EVERYBODY, Principal, put_principal
from gateway.api.acting import Actor, actor_of, recorder_of
from tests.access import request_from

ANNA = Principal("person", "p1", "Anna", frozenset())
SHOP = Principal("key", "k1", "key shop", frozenset())


def asked_by(principal: Principal) -> Request:
    """A request of this caller."""
    scope = request_from()
    put_principal(scope, principal)
    return Request(scope)


def test_a_person_has_the_own_name_whatever_the_body_says() -> None:
    """Nobody acts as somebody else."""
    assert actor_of(asked_by(ANNA), "Bob") == actor_of(asked_by(ANNA), None) == Actor("Anna")
    assert recorder_of(asked_by(ANNA)) == "Anna"


def test_a_key_may_speak_for_its_people_and_is_on_record_for_it() -> None:
    """A case tool has one key and twenty analysts."""
    assert actor_of(asked_by(SHOP), "Bob") == Actor("Bob", via="key shop")
    assert actor_of(asked_by(SHOP), None) == Actor("key shop")
    assert recorder_of(asked_by(SHOP)) == "key shop"


def test_where_nobody_is_asked_a_name_counts_and_without_one_it_is_demo() -> None:
    """As pages see themselves in GET /me."""
    assert actor_of(asked_by(EVERYBODY), "Bob") == Actor("Bob")
    assert actor_of(asked_by(EVERYBODY), None) == Actor("demo")
    assert recorder_of(asked_by(EVERYBODY)) is None
