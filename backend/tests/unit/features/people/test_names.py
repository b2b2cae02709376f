"""What people may be called: what they do is on record by name."""

import pytest
from pydantic_core import PydanticCustomError

from gateway.errors import InvalidRequest
from gateway.features.people.records import Person
from gateway.features.people.schemas import check_name
from gateway.features.people.service import check_name_is_free
from tests.access import NOW


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Ngọc Lan",
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "李小龍",
        "O'Brien-Smith",
        "Keyla",
        "Demosthenes",
    ],
)
def test_a_name_of_any_language_is_taken(name: str) -> None:
    """Also with the signs that Persian is written with."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["key shop", "KEY shop", "\uff4b\uff45\uff59 shop", "key\u200b shop", "demo", "Demo", "", " ", "a\nb\x00"]
)
def test_a_name_of_keys_or_of_nobody_is_refused(name: str) -> None:
    """In whatever width, and whatever stands unseen between the letters."""
    with pytest.raises(PydanticCustomError):
        check_name(name)


def test_nobody_takes_the_name_of_somebody_else() -> None:
    """Not even with letters of another width."""
    ada = Person(id="1", name="Ada", email="ada@example.com", roles=(), created_at=NOW, created_by="test")

    check_name_is_free([ada], "Adam")
    for name in ("ada", "\uff21da", "A\u200bda"):
        with pytest.raises(InvalidRequest):
            check_name_is_free([ada], name)
