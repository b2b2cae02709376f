"""Which passwords are good enough, and that checking one says nothing of who is known."""

import pytest

from gateway.errors import InvalidRequest
from gateway.features.people.passwords import Passwords, check_password

GOOD = [
    "correct staple on a horse",
    "Zwölf Boxkämpfer jagen",
    "сорок тысяч обезьян",
    "x9#Lq2!vTz7&",
    "密碼密碼很長的句子一二三四",
]


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_of_any_script_is_taken(password: str) -> None:
    """No rules about capitals, digits and signs."""
    assert check_password(password, pointer="/password", about=("Ada", "ada@example.com")) == password


@pytest.mark.parametrize(
    "password",
    [
        "short", "elevenchars", "password1234", "P4$$w0rdP4$$w0rd", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc",
        "123456789012", "qwertyuiopas", "ada@example.com", "x" * 1025, "with a\nnew line in it", "é" * 513,
    ],
)  # fmt: skip
def test_an_easy_or_impossible_password_is_refused_and_not_repeated(password: str) -> None:
    """The problem says what would be right, and nothing of what was sent."""
    with pytest.raises(InvalidRequest) as refused:
        check_password(password, pointer="/password", about=("Ada", "ada@example.com", "ada"))

    (error,) = refused.value.field_errors
    assert error.pointer == "/password"
    assert password not in repr(refused.value) + str(error)


async def test_a_password_is_right_for_its_own_hash_only() -> None:
    """Also for nobody's: an unknown person is asked in the same way."""
    passwords = Passwords()
    known = await passwords.hash(GOOD[0])

    assert known.startswith("$argon2id$")
    assert await passwords.is_right(GOOD[0], known)
    assert not await passwords.is_right(GOOD[1], known)
    assert not await passwords.is_right("of nobody", None)
    await passwords.close()
