"""Sessions of people, as a second gateway sees them that hears of changes a moment later."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from gateway.access.records import Record
from gateway.access.scopes import Role
from gateway.features.people.cookies import SessionCookie
from gateway.features.people.directory import PeopleDirectory
from gateway.features.people.records import Person, Session
from gateway.features.people.sessions import ROTATE, PeopleSessions
from gateway.features.people.tokens import Token, new_token

START = datetime(2026, 12, 1, tzinfo=UTC)
HOST = "localhost:8000"
ADA = Person(
    id="ada", name="Ada", email="ada@example.com", roles=(Role.VIEWER,), created_at=START, created_by="a test",
    changed_at=START,
)  # fmt: skip


class Ledger:
    """Keeps sessions for several gateways, each of which asks for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked = 0

    async def find(self, kind: type[Record], record_id: str) -> Record | None:
        """Find the session, after a moment in which others ask too."""
        self.asked += 1
        await asyncio.sleep(0)
        return self.session if kind is Session and record_id == self.session.id else None

    async def change(self, record: Session, changes: dict[str, Any], *, unless_changed: tuple[str, ...]) -> Any:
        """Change it, unless somebody else did."""
        if any(getattr(record, name) != getattr(self.session, name) for name in unless_changed):
            return None
        self.session = msgspec.structs.replace(self.session, changed_at=START + ROTATE, **changes)
        return self.session


class Known(PeopleDirectory):
    """A directory that nothing follows."""

    def forget(self, key: str) -> None:
        """Forget it."""
        self.remove(key)


def _session(token: Token, **fields: Any) -> Session:
    times = dict.fromkeys(("created_at", "rotated_at", "seen_at", "changed_at"), START) | fields
    expires_at = START + timedelta(hours=12)
    return Session(
        id=token.id, person_id="ada", host="localhost", token_sha256=token.sha256, expires_at=expires_at, **times
    )


def _gateway(ledger: Ledger, *known: Record, now: datetime) -> PeopleSessions:
    directory = Known()
    for record in known:
        directory.put(record)
    store: Any = ledger
    hours = timedelta(hours=12)
    return PeopleSessions(
        directory, directory, store, SessionCookie(False), now=lambda: now, idle=hours, absolute=hours
    )


async def test_the_next_token_counts_on_another_gateway_before_that_hears_of_it() -> None:
    """One gateway sends it, and the browser's next requests reach the other."""
    token, now = new_token(), START + ROTATE
    ledger = Ledger(_session(token))
    first, second = (_gateway(ledger, ADA, ledger.session, now=now) for _ in range(2))
    cookie = await first.renew(str(token))
    assert cookie is not None
    following = cookie.partition("=")[2].partition(";")[0]

    await second.look_up(following)

    found = second.find(following, host=HOST)
    assert found is not None
    assert found.name == "Ada"
    assert await second.renew(str(token)) is None  # the first has just sent one


async def test_a_page_that_asks_for_several_things_at_once_is_known_in_each() -> None:
    """The session began on another gateway: the ledger is asked once, and all wait for what it says."""
    token = new_token()
    ledger = Ledger(_session(token))
    elsewhere = _gateway(ledger, ADA, now=START)

    async def ask() -> bool:
        await elsewhere.look_up(str(token))
        return elsewhere.find(str(token), host=HOST) is not None

    assert await asyncio.gather(*(ask() for _ in range(5))) == [True] * 5
    assert ledger.asked == 1


async def test_a_wrong_token_of_a_known_session_is_looked_for_once_in_two_seconds() -> None:
    """Nobody keeps the ledger busy with it, and it counts nothing."""
    token = new_token()
    ledger = Ledger(_session(token))
    gateway = _gateway(ledger, ADA, ledger.session, now=START)
    wrong = str(new_token(token.id))
    for _ in range(3):
        await gateway.look_up(wrong)
    assert gateway.find(wrong, host=HOST) is None
    assert ledger.asked == 1


async def test_a_session_of_somebody_who_was_removed_does_not_come_back_with_the_person() -> None:
    """The id of a person is made of the email address, so whoever joins again has the same."""
    token = new_token()
    ledger = Ledger(_session(token))
    again = msgspec.structs.replace(ADA, created_at=START + timedelta(seconds=1))
    gateway = _gateway(ledger, again, ledger.session, now=START + timedelta(seconds=2))
    assert gateway.find(str(token), host=HOST) is None
