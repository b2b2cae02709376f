"""The people, sessions and invitations that this gateway knows, in memory."""

from collections.abc import Sequence
from typing import Protocol

from gateway.access.records import Record, RecordOf
from gateway.access.scopes import Role
from gateway.features.people.records import Invitation, Person, Session


class Known(Protocol):
    """What this process knows of all records: changes of its own are put there, and reach the directory at once."""

    def put(self, item: Record) -> None:
        """Take up one that was kept."""

    def forget(self, key: str) -> None:
        """Forget the one with this `_id`."""


class PeopleDirectory:
    """Finds them by id. The follower of the collection keeps it up to date."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._sessions: dict[str, Session] = {}
        self._invitations: dict[str, Invitation] = {}

    def put(self, record: Record) -> None:
        """Take up what is known of one, unless something newer is."""
        match record:
            case Person():
                _put(self._people, record)
            case Session():
                _put(self._sessions, record)
            case Invitation():
                _put(self._invitations, record)

    def remove(self, key: str) -> None:
        """Forget the record with this `_id`."""
        kind, _, record_id = key.partition(":")
        match kind:
            case Person.kind:
                self._people.pop(record_id, None)
            case Session.kind:
                self._sessions.pop(record_id, None)
            case Invitation.kind:
                self._invitations.pop(record_id, None)

    def person(self, person_id: str) -> Person | None:
        """Find somebody who may sign in."""
        return self._people.get(person_id)

    def session(self, session_id: str) -> Session | None:
        """Find a session, whether or not it is over."""
        return self._sessions.get(session_id)

    def invitation(self, invitation_id: str) -> Invitation | None:
        """Find an invitation, whether or not it has expired."""
        return self._invitations.get(invitation_id)

    def people(self) -> Sequence[Person]:
        """List everybody, by name."""
        return sorted(self._people.values(), key=lambda person: (person.name.casefold(), person.id))

    def invitations(self) -> Sequence[Invitation]:
        """List all invitations, by email address."""
        return sorted(self._invitations.values(), key=lambda invitation: (invitation.email, invitation.id))

    def sessions(self, person_id: str) -> Sequence[Session]:
        """List the sessions of a person, the oldest first."""
        found = [session for session in self._sessions.values() if session.person_id == person_id]
        return sorted(found, key=lambda session: session.created_at)

    def admins_with_password(self) -> int:
        """Count the admins that need no provider."""
        return sum(Role.ADMIN in each.roles and each.password_hash is not None for each in self._people.values())


def _put(known: dict[str, RecordOf], record: RecordOf) -> None:
    before = known.get(record.id)
    if (
        before is None
        or before.changed_at is None
        or record.changed_at is None
        or before.changed_at <= record.changed_at
    ):
        known[record.id] = record
