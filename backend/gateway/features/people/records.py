"""What is kept of people, in the collection `access` beside the keys: persons, their sessions, and invitations."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from gateway.access.records import Kinds, Record
from gateway.access.scopes import Role
from records.emails import normalise

_ID_DIGITS = 24


class Person(Record, frozen=True, kw_only=True):
    """
    Somebody who may sign in.

    Attributes:
        id: Made of the email address, or of issuer and subject: so there is one person of each.
        email: In one form; of somebody who signs in with a provider it is for people to read, and proves nothing.
        password_hash: As Argon2 writes it; None with a provider.
        oidc_subject: Issuer and subject, with a space between; None with a password.
        created_by: The name of who invited.
    """

    kind = "person"

    name: str
    email: str
    roles: tuple[Role, ...]
    password_hash: str | None = None
    oidc_subject: str | None = None
    created_at: datetime
    created_by: str
    last_sign_in_at: datetime | None = None


class Session(Record, frozen=True, kw_only=True):
    """
    One browser of a person that signed in.

    Attributes:
        host: Name in the header Host of who signed in, without port.
        token_sha256: Of the token that counts.
        next_sha256: Of the one that was sent out after it; it counts once it comes back.
        previous_sha256: Of the one before.
        rotated_at: When the token that counts came back for the first time.
        seen_at: Of a request, to the minute or so.
        expires_at: However busy it is.
    """

    kind = "session"

    person_id: str
    host: str
    token_sha256: bytes
    next_sha256: bytes | None = None
    previous_sha256: bytes | None = None
    created_at: datetime
    rotated_at: datetime
    seen_at: datetime
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can use it any more."""
        return now >= self.expires_at


class Invitation(Record, frozen=True, kw_only=True):
    """A link by which one person may join."""

    kind = "invitation"

    token_sha256: bytes
    email: str
    roles: tuple[Role, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can use it any more."""
        return now >= self.expires_at


KINDS: Kinds = {each.kind: each for each in (Person, Session, Invitation)}


def person_id_of(identity: str) -> str:
    """Make the id of a person: of the email address, or of issuer and subject."""
    return sha256(identity.encode()).hexdigest()[:_ID_DIGITS]


def fold_email(email: str) -> str:
    """Write an address in the one form in which addresses are compared."""
    return normalise(email)


def fold_name(name: str) -> str:
    """Write a name in the one form in which names are compared: without case, width, and what nobody sees."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if unicodedata.category(character) != "Cf")


def to_document(record: Record) -> dict[str, Any]:
    """Write its own fields, as MongoDB keeps them."""
    fields: dict[str, Any] = msgspec.structs.asdict(record)
    del fields["id"], fields["changed_at"]
    return {"kind": record.kind} | to_fields(fields)


def to_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write fields as MongoDB keeps them: roles by name, in a list."""
    return {name: [role.value for role in value] if name == "roles" else value for name, value in values.items()}
