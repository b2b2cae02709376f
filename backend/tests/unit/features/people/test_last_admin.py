"""Two admins who are taken the role, or removed, at the same moment: one of them stays."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec
import pytest

from gateway.access.scopes import Role
from gateway.features.people.directory import PeopleDirectory
from gateway.features.people.errors import LastAdmin
from gateway.features.people.passwords import Passwords
from gateway.features.people.records import Person
from gateway.features.people.service import People
from gateway.features.people.throttle import Throttle

START = datetime(2026, 12, 1, tzinfo=UTC)


class SlowLedger:
    """Confirms each write a moment later."""

    async def change(self, person: Person, changes: dict[str, Any], **_: Any) -> Person:
        """Change a person."""
        await asyncio.sleep(0)
        return msgspec.structs.replace(person, **changes)

    async def remove(self, _key: str) -> bool:
        """Remove one."""
        await asyncio.sleep(0)
        return True

    async def remove_invitations(self, _email: str) -> int:
        """Remove none."""
        await asyncio.sleep(0)
        return 0


class Known(PeopleDirectory):
    """A directory that nothing follows."""

    def forget(self, key: str) -> None:
        """Forget it."""
        self.remove(key)


async def _remove(people: People, person_id: str) -> None:
    await people.remove(person_id, by="a test")


async def _take_the_role(people: People, person_id: str) -> None:
    await people.set_roles(person_id, [Role.VIEWER], by="a test")


@pytest.mark.parametrize("take", [_remove, _take_the_role])
async def test_one_of_two_admins_stays(take: Callable[[People, str], Awaitable[None]]) -> None:
    """The second one is told that nobody else is left."""
    directory = Known()
    for name in ("ada", "bob"):
        directory.put(
            Person(
                id=name, name=name, email=f"{name}@example.com", roles=(Role.ADMIN,), password_hash="a hash",  # noqa: S106
                created_at=START, created_by="a test",
            )
        )  # fmt: skip
    store: Any = SlowLedger()
    people = People(
        directory, directory, store, Passwords(), Throttle(monotonic), now=lambda: START, public_url="http://localhost"
    )
    done = await asyncio.gather(take(people, "ada"), take(people, "bob"), return_exceptions=True)
    assert [type(each) for each in done] == [type(None), LastAdmin]
    assert directory.admins_with_password() == 1
