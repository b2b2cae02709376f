"""
Sessions of people who signed in: found in memory, so they go on while the ledger is away.

A token is for 15 minutes. Then the next one goes out with a reply, and both count until the next one comes back: a
reply may be lost. From then on the old one counts for 30 s more, for requests that are under way. Who comes with it
later has a copy that somebody took: the session ends.

    token ──15 min──> token + next ──next comes back──> next + previous ──30 s──> next
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from gateway.access.principal import Principal
from gateway.access.scopes import scopes_of
from gateway.errors import LedgerFailure
from gateway.features.people.cookies import SessionCookie
from gateway.features.people.directory import Known, PeopleDirectory
from gateway.features.people.records import Person, Session
from gateway.features.people.store import PeopleStore
from gateway.features.people.tokens import Token, new_token, read_token
from gateway.kit.periodic import Periodic

_log = structlog.get_logger()
ROTATE = timedelta(minutes=15)
GRACE = timedelta(seconds=30)
_SENT_AGAIN = timedelta(seconds=30)
_PAUSE = timedelta(seconds=30)  # after a write that failed: requests must not wait for a ledger that is away
_SEEN_S = 60.0
_SESSIONS_MAX = 20  # of one person; the oldest ends
_UNKNOWN_MAX = 10_000
_UNKNOWN = timedelta(seconds=2)  # that long an unknown session is not looked for again
_LOOKS_PER_S = 20


class PeopleSessions:
    """
    Finds, begins, renews and ends sessions. Runs as long as the gateway does.

    Args:
        known: Told of each change, so that it holds here at once.
        now: The time, UTC, as all gateways have it.
        idle, absolute: How long a session lasts: without a request, and at most.
    """

    def __init__(
        self,
        directory: PeopleDirectory,
        known: Known,
        store: PeopleStore,
        cookie: SessionCookie,
        *,
        now: Callable[[], datetime],
        idle: timedelta,
        absolute: timedelta,
    ) -> None:
        self.cookie = cookie
        self._directory = directory
        self._known = known
        self._store = store
        self._now = now
        self._idle = idle
        self._absolute = absolute
        self._seen: dict[str, datetime] = {}  # by session, what the ledger does not know yet
        self._sent: dict[str, datetime] = {}  # by session: when its next token went out from here
        self._ended: set[str] = set()
        self._unknown: OrderedDict[bytes, datetime] = OrderedDict()  # by token: when it was looked for
        self._looking: dict[bytes, asyncio.Event] = {}
        self._looks: list[datetime] = []
        self._not_before: datetime | None = None
        self._loop = Periodic("sessions.seen", self._write_down, every_s=_SEEN_S, expected=(LedgerFailure,))

    async def start(self) -> None:
        """Begin to note which sessions are used."""
        await self._loop.start()

    async def close(self) -> None:
        """Stop."""
        await self._loop.close()

    def find(self, token: str, *, host: str) -> Principal | None:
        """Return who signed in, as `gateway.access.sessions.Sessions` says."""
        found = self.find_session(token, host=host)
        return None if found is None else to_principal(*found)

    def find_session(self, token: str, *, host: str) -> tuple[Person, Session] | None:
        """Find the person and the session of a token that counts; None for any other."""
        sent = read_token(token)
        session = None if sent is None else self._directory.session(sent.id)
        if sent is None or session is None or session.id in self._ended or session.host != host_name(host):
            return None
        now = self._now()
        seen_at = max(session.seen_at, self._seen.get(session.id, session.seen_at))
        if now >= session.expires_at or now >= seen_at + self._idle or not self._counts(sent, session, now):
            return None
        person = self._directory.person(session.person_id)
        if person is None or session.created_at < person.created_at:  # of somebody who was removed, and joined again
            return None
        self._seen[session.id] = now
        return person, session

    async def look_up(self, token: str) -> None:
        """Ask the ledger for a session that began, or got its next token, elsewhere a moment ago. Never raises."""
        sent = read_token(token)
        if sent is None or _is_known(sent, self._directory.session(sent.id)):
            return
        under_way = self._looking.get(sent.sha256)
        if under_way is not None:  # a page asks for several things at once
            await under_way.wait()
        elif self._may_look(sent.sha256):
            done = self._looking[sent.sha256] = asyncio.Event()
            try:
                await self._take_up(sent.id)
            except LedgerFailure:
                self._not_before = self._now() + _PAUSE
            finally:
                del self._looking[sent.sha256]
                done.set()

    async def _take_up(self, session_id: str) -> None:
        session = await self._store.find(Session, session_id)
        if session is None:
            return
        if self._directory.person(session.person_id) is None:
            person = await self._store.find(Person, session.person_id)
            if person is None:
                return
            self._known.put(person)
        self._known.put(session)

    async def renew(self, token: str) -> str | None:
        """Return a Set-Cookie with the next token when it is time, as `gateway.access.sessions.Sessions` says."""
        sent = read_token(token)
        session = None if sent is None else self._directory.session(sent.id)
        if sent is None or session is None or not self._may_write():
            return None
        try:
            if sent.is_of(session.next_sha256):
                await self._take_next(session)
            elif sent.is_of(session.token_sha256) and self._is_due(session):
                return await self._send_next(session)
        except LedgerFailure:
            self._not_before = self._now() + _PAUSE
        return None

    async def begin(self, person: Person, *, host: str) -> tuple[Session, str]:
        """
        Begin a session in this browser; the session, and the value of Set-Cookie.

        Raises:
            AccessUnconfirmed: the ledger does not confirm it.
        """
        token, now = new_token(), self._now()
        session = Session(
            id=token.id,
            person_id=person.id,
            host=host_name(host),
            token_sha256=token.sha256,
            created_at=now,
            rotated_at=now,
            seen_at=now,
            expires_at=now + self._absolute,
        )
        self._known.put(await self._store.add(session))
        for old in self._directory.sessions(person.id)[:-_SESSIONS_MAX]:
            await self.end(old.id)
        return session, self.cookie.of(str(token), lasts=self._absolute)

    async def end(self, session_id: str) -> None:
        """End one: here at once, elsewhere within 2 s. Raises AccessUnconfirmed: then perhaps here only."""
        key = f"{Session.kind}:{session_id}"
        self._ended.add(session_id)
        await self._store.remove(key)
        self._forget(session_id)

    async def end_all(self, person_id: str, *, but: str | None = None) -> None:
        """End those of a person, but not this one. Raises AccessUnconfirmed."""
        await self._store.remove_sessions(person_id, but=but)
        for session in self._directory.sessions(person_id):
            if session.id != but:
                self._forget(session.id)

    def _counts(self, sent: Token, session: Session, now: datetime) -> bool:
        if sent.is_of(session.token_sha256) or sent.is_of(session.next_sha256):
            return True
        if not sent.is_of(session.previous_sha256):
            return False
        if now < session.rotated_at + GRACE:
            return True
        self._ended.add(session.id)
        self._loop.wake()
        _log.warning("session.token_used_again", session=session.id, person=session.person_id)
        return False

    def _is_due(self, session: Session) -> bool:
        now = self._now()
        if session.next_sha256 is not None and session.changed_at and now < session.changed_at + _SENT_AGAIN:
            return False  # another gateway has just sent one
        sent_at = self._sent.get(session.id)
        return now >= session.rotated_at + ROTATE and (sent_at is None or now >= sent_at + _SENT_AGAIN)

    async def _send_next(self, session: Session) -> str | None:
        self._sent[session.id] = self._now()
        token = new_token(session.id)
        changed = await self._store.change(
            session, {"next_sha256": token.sha256}, unless_changed=("token_sha256", "next_sha256")
        )
        if changed is None:
            return None  # another gateway, or another request, was faster
        self._known.put(changed)
        return self.cookie.of(str(token), lasts=changed.expires_at - self._now())

    async def _take_next(self, session: Session) -> None:
        changed = await self._store.change(
            session,
            {
                "token_sha256": session.next_sha256,
                "previous_sha256": session.token_sha256,
                "next_sha256": None,
                "rotated_at": self._now(),
            },
            unless_changed=("token_sha256", "next_sha256"),
        )
        if changed is not None:
            self._known.put(changed)

    def _may_write(self) -> bool:
        return self._not_before is None or self._now() >= self._not_before

    def _may_look(self, token_sha256: bytes) -> bool:
        """Whether to ask for it: who sends tokens that were never given must not keep the ledger busy."""
        now = self._now()
        asked_at = self._unknown.get(token_sha256)
        self._looks = [at for at in self._looks if now - at < timedelta(seconds=1)]
        if not self._may_write() or len(self._looks) >= _LOOKS_PER_S:
            return False
        if asked_at is not None and now - asked_at < _UNKNOWN:
            return False
        self._unknown[token_sha256] = now
        while len(self._unknown) > _UNKNOWN_MAX:
            self._unknown.popitem(last=False)
        self._looks.append(now)
        return True

    def _forget(self, session_id: str) -> None:
        self._known.forget(f"{Session.kind}:{session_id}")
        for known in (self._seen, self._sent):
            known.pop(session_id, None)
        self._ended.discard(session_id)

    async def _write_down(self) -> None:
        """Tell the ledger which sessions are used, and which have to end."""
        for session_id in list(self._ended):
            await self.end(session_id)
        seen = {
            session_id: at
            for session_id, at in self._seen.items()
            if (session := self._directory.session(session_id)) is not None and at > session.seen_at
        }
        if seen:
            await self._store.note_seen(seen)
        self._seen = {each: at for each, at in self._seen.items() if self._directory.session(each) is not None}


def _is_known(sent: Token, session: Session | None) -> bool:
    return session is not None and any(
        map(sent.is_of, (session.token_sha256, session.next_sha256, session.previous_sha256))
    )


def host_name(host: str) -> str:
    """Return the name in a header Host, without the port, in lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def to_principal(person: Person, session: Session) -> Principal:
    """Say who this is, and what the person may do from now on."""
    return Principal(
        "person",
        person.id,
        person.name,
        scopes_of(person.roles),
        roles=person.roles,
        email=person.email,
        expires_at=session.expires_at,
    )
