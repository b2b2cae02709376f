"""People: how they join, sign in, change their password, and how admins look after them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from gateway.access.scopes import Role
from gateway.errors import FieldError, InvalidRequest
from gateway.features.people.directory import Known, PeopleDirectory
from gateway.features.people.errors import (
    InvitationInvalid,
    LastAdmin,
    NotAPerson,
    PersonExists,
    PersonNotFound,
    SignInFailed,
    TooManyPeople,
)
from gateway.features.people.passwords import Passwords, check_password
from gateway.features.people.records import Invitation, Person, fold_name, person_id_of
from gateway.features.people.store import PeopleStore
from gateway.features.people.throttle import Throttle
from gateway.features.people.tokens import new_token, read_token

_log = structlog.get_logger()
INVITED = timedelta(days=7)
PEOPLE_MAX = 1_000  # and as many invitations: about 1 MB in each gateway
_NO_LINK = "It was used, replaced or withdrawn, or it is more than 7 days old. Ask for a new one."
_JOINING = "(joining)"
_WRONG = "Unknown email address, or wrong password."


class People:
    """
    Everybody who may sign in.

    Args:
        known: Told of each change, so that it holds here at once.
        now: The time, UTC, as all gateways have it.
        public_url: At which browsers reach the gateway.

    Attributes:
        directory: Who is known.
    """

    def __init__(
        self,
        directory: PeopleDirectory,
        known: Known,
        store: PeopleStore,
        passwords: Passwords,
        throttle: Throttle,
        *,
        now: Callable[[], datetime],
        public_url: str,
    ) -> None:
        self._public_url = public_url
        self.directory = directory
        self._known = known
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._now = now
        self._one_at_a_time = asyncio.Lock()  # or two admins could each be the one who stays for the other

    async def sign_in(self, email: str, password: str, *, address: str) -> Person:
        """
        Find the person with this email address and password.

        Args:
            email: In its one form.
            address: Of the caller: failures from there are slowed.

        Raises:
            SignInFailed: there is no such person, or the password is wrong; in the same words and time.
            SignInSlowed: too many failures from there.
            SignInBusy: too many passwords are being checked.
            AccessUnconfirmed: the ledger is away.
        """
        self._throttle.check(email, address)
        person = self.directory.person(person_id_of(email))
        is_right = await self._passwords.is_right(password, None if person is None else person.password_hash)
        if person is None or not is_right:
            self._throttle.failed(email, address)
            _log.info("person.sign_in_failed", address=address)
            raise SignInFailed(_WRONG)
        self._throttle.succeeded(email, address)
        return await self.note_sign_in(person)

    async def note_sign_in(self, person: Person) -> Person:
        """
        Note that somebody signed in.

        Raises:
            SignInFailed: the person was removed, or has another password, meanwhile.
            AccessUnconfirmed: the ledger is away.
        """
        changed = await self._store.change(person, {"last_sign_in_at": self._now()}, unless_changed=("password_hash",))
        if changed is None:
            raise SignInFailed(_WRONG)
        self._known.put(changed)
        _log.info("person.signed_in", person=person.id)
        return changed

    async def join(self, token: str, *, name: str, password: str, address: str) -> Person:
        """
        Make a person of somebody who was invited.

        Raises:
            InvitationInvalid: the link is unknown, used or expired.
            InvalidRequest: another password or name is wanted.
            PersonExists: somebody joined with this email address meanwhile.
            SignInSlowed, SignInBusy, AccessUnconfirmed, LedgerUnreadable: not now.
        """
        invitation = await self._find_invitation(token, address=address)
        check_name_is_free(self.directory.people(), name)
        local_part = invitation.email.partition("@")[0]
        password = check_password(password, pointer="/password", about=(name, invitation.email, local_part))
        person = Person(
            id=person_id_of(invitation.email),
            name=name,
            email=invitation.email,
            roles=invitation.roles,
            password_hash=await self._passwords.hash(password),
            created_at=self._now(),
            created_by=invitation.created_by,
            last_sign_in_at=self._now(),
        )
        person = await self._store.add(person)
        self._known.put(person)
        _log.info("person.joined", person=person.id, roles=[role.value for role in person.roles])
        await self._withdraw_all(invitation.email)
        return person

    async def change_password(self, person_id: str, current: str, password: str, *, address: str) -> Person:
        """
        Replace the password of somebody who knows the present one.

        Raises:
            InvalidRequest: the present one is wrong, or the new one is too easy.
            NotAPerson: nobody who has a password.
            SignInSlowed, SignInBusy, AccessUnconfirmed: not now.
        """
        person = self.directory.person(person_id)
        if person is None or person.password_hash is None:
            raise NotAPerson("Your password is with the provider that you sign in with.")
        self._throttle.check(person.email, address)
        if not await self._passwords.is_right(current, person.password_hash):
            self._throttle.failed(person.email, address)
            raise InvalidRequest("The password was not changed.", (FieldError("/current_password", "is wrong"),))
        about = (person.name, person.email, person.email.partition("@")[0])
        password = check_password(password, pointer="/password", about=about)
        new_hash = await self._passwords.hash(password)
        changed = await self._store.change(person, {"password_hash": new_hash}, unless_changed=("password_hash",))
        if changed is None:
            raise NotAPerson("This person was removed, or has another password since a moment ago.")
        self._known.put(changed)
        _log.info("person.password_changed", person=person.id)
        return changed

    async def invite(self, email: str, roles: Sequence[Role], *, by: str) -> tuple[Invitation, str]:
        """
        Invite somebody; the invitation, and the token of its link. An earlier one of this address ends.

        Raises:
            PersonExists: somebody with this email address is there.
            TooManyPeople: no more fit.
            AccessUnconfirmed: the ledger is away.
        """
        if self.directory.person(person_id_of(email)) is not None:
            raise PersonExists("Somebody with this email address is there: change the roles instead.")
        if max(len(self.directory.people()), len(self.directory.invitations())) >= PEOPLE_MAX:
            raise TooManyPeople(f"There are {PEOPLE_MAX}. Remove some.")
        invitation, token = new_invitation(email, roles, by=by, now=self._now())
        await self._withdraw_all(email)
        invitation = await self._store.add(invitation)
        self._known.put(invitation)
        _log.info("person.invited", invitation=invitation.id, by=by)
        return invitation, token

    def open_invitations(self) -> Sequence[Invitation]:
        """List those that somebody may still join by, by email address."""
        now = self._now()
        return [invitation for invitation in self.directory.invitations() if now < invitation.expires_at]

    def link_of(self, token: str) -> str:
        """Write the link that somebody may join by."""
        return link_of(token, public_url=self._public_url)

    async def withdraw(self, invitation_id: str) -> bool:
        """Withdraw an invitation; whether it was there. Raises AccessUnconfirmed."""
        key = f"{Invitation.kind}:{invitation_id}"
        was_there = await self._store.remove(key)
        self._known.forget(key)
        return was_there

    async def set_roles(self, person_id: str, roles: Sequence[Role], *, by: str) -> Person:
        """
        Replace the roles of a person: in force here at once, elsewhere within 2 s.

        Raises:
            PersonNotFound: there is none.
            LastAdmin: nobody else is an admin.
            AccessUnconfirmed: the ledger is away.
        """
        person = self.directory.person(person_id)
        if person is None:
            raise PersonNotFound("See GET /people.")
        async with self._one_at_a_time:
            if Role.ADMIN not in roles:
                self._check_not_last(person)
            changed = await self._store.change(person, {"roles": tuple(roles)})
            if changed is None:
                raise PersonNotFound("See GET /people.")
            self._known.put(changed)
        _log.info("person.roles_changed", person=person_id, roles=[role.value for role in roles], by=by)
        return changed

    async def remove(self, person_id: str, *, by: str) -> bool:
        """
        Remove a person, with what invitations there are; whether it was there. Sessions count no more.

        Raises:
            LastAdmin: nobody else is an admin.
            AccessUnconfirmed: the ledger is away.
        """
        key = f"{Person.kind}:{person_id}"
        async with self._one_at_a_time:
            person = self.directory.person(person_id)
            if person is not None:
                self._check_not_last(person)
                await self._withdraw_all(person.email)
            was_there = await self._store.remove(key)
            self._known.forget(key)
        _log.info("person.removed", person=person_id, by=by)
        return was_there

    async def _find_invitation(self, token: str, *, address: str) -> Invitation:
        self._throttle.check(_JOINING, address)
        sent = read_token(token)
        found = None
        if sent is not None:
            found = self.directory.invitation(sent.id) or await self._store.find(Invitation, sent.id)
        is_right = sent is not None and sent.is_of(None if found is None else found.token_sha256)
        if found is None or not is_right or found.expires_at <= self._now():
            self._throttle.failed(_JOINING, address)
            raise InvitationInvalid(_NO_LINK)
        return found

    async def _withdraw_all(self, email: str) -> None:
        await self._store.remove_invitations(email)
        for invitation in self.directory.invitations():
            if invitation.email == email:
                self._known.forget(invitation.key)

    def _check_not_last(self, person: Person) -> None:
        is_one = Role.ADMIN in person.roles and person.password_hash is not None
        if is_one and self.directory.admins_with_password() == 1:
            raise LastAdmin("Make somebody else an admin first.")


def new_invitation(email: str, roles: Sequence[Role], *, by: str, now: datetime) -> tuple[Invitation, str]:
    """Make an invitation and the token of its link; nothing is kept yet."""
    token = new_token()
    invitation = Invitation(
        id=token.id,
        token_sha256=token.sha256,
        email=email,
        roles=tuple(roles),
        created_at=now,
        created_by=by,
        expires_at=now + INVITED,
    )
    return invitation, str(token)


def link_of(token: str, *, public_url: str) -> str:
    """Write the link of an invitation. What stands behind the # is never sent to a server, nor logged by one."""
    return f"{public_url.rstrip('/')}/dashboard/join/#{token}"


def check_name_is_free(people: Sequence[Person], name: str) -> None:
    """Refuse the name of somebody else: what people do is on record by name. Raises InvalidRequest."""
    if any(fold_name(person.name) == fold_name(name) for person in people):
        taken = FieldError("/name", "is the name of somebody else here: add something that tells you apart")
        raise InvalidRequest("Choose another name.", (taken,))
