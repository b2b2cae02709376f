"""What people send and get who sign in, join, or look after others."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from gateway.access.principal import DEMO
from gateway.access.scopes import Role
from gateway.api.reply import Reply, Time, json_body
from gateway.features.people.records import Invitation, Person, fold_email, fold_name
from gateway.values.characters import composed, refused_in_id, refused_in_text

EMAIL_CHARS_MAX, NAME_CHARS_MAX = 254, 64
PASSWORD_CHARS_MAX = 1_024
_KEYS = "key "  # begins what is on record of keys


def _check_email(value: str) -> str:
    address = fold_email(value)
    name, at, domain = address.rpartition("@")
    if not (name and at and domain) or "@" in name or refused_in_id(address) is not None:
        raise PydanticCustomError("email", "must be an email address, such as ada@example.com")
    return address


def check_name(value: str) -> str:
    """Return the name of a person as it is kept. Raises PydanticCustomError."""
    name = composed(" ".join(value.split()))
    if not name or len(name) > NAME_CHARS_MAX or refused_in_text(name) is not None:
        raise PydanticCustomError("name", f"must be a name of 1 to {NAME_CHARS_MAX} characters")
    folded = fold_name(name)
    if folded.startswith(_KEYS) or folded == DEMO.name:
        raise PydanticCustomError("name", "must not be what keys or a demo are called on record")
    return name


def _check_roles(value: list[Role]) -> list[Role]:
    if len(set(value)) != len(value):
        raise PydanticCustomError("roles", "must name each role once")
    return value


Email = Annotated[str, StringConstraints(min_length=3, max_length=EMAIL_CHARS_MAX), AfterValidator(_check_email)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=4 * NAME_CHARS_MAX), AfterValidator(check_name)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_CHARS_MAX)]
Roles = Annotated[
    list[Annotated[Role, Field(strict=False)]],
    Field(min_length=1, max_length=len(Role)),
    AfterValidator(_check_roles),
]


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class SignInIn(_Said):
    """Who wants to sign in."""

    email: Email
    password: Password = Field(repr=False)


class JoinIn(_Said):
    """What somebody brings who was invited."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=128)] = Field(
        repr=False, description="What stands behind the # of the link."
    )
    name: Name = Field(description="As colleagues know you: it is put on record with what you do.")
    password: Password = Field(
        repr=False, description="12 characters at least, of any script; 1,024 bytes at most. None of the common ones."
    )


class PasswordIn(_Said):
    """A new password, by who knows the present one."""

    current_password: Password = Field(repr=False)
    password: Password = Field(repr=False)


class InvitationIn(_Said):
    """Whom to invite, and what the person may do."""

    email: Email
    roles: Roles


class RolesIn(_Said):
    """What a person may do from now on."""

    roles: Roles


class OidcOut(Reply):
    """A provider of OpenID Connect."""

    name: str


class SignInOptionsOut(Reply):
    """How people can sign in here; `oidc` is null where no provider is configured."""

    password: bool
    oidc: OidcOut | None


class SignedOutOut(Reply):
    """`signed_out` is false when nobody was signed in."""

    signed_out: bool


class PersonOut(Reply):
    """Somebody who may sign in."""

    id: str
    name: str
    email: str
    roles: list[Role]
    signs_in_with: Literal["password", "oidc"]
    created_at: Time
    created_by: str
    last_sign_in_at: Time | None

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """Say what others may know of a person."""
        return cls(
            id=person.id,
            name=person.name,
            email=person.email,
            roles=list(person.roles),
            signs_in_with="password" if person.oidc_subject is None else "oidc",
            created_at=person.created_at,
            created_by=person.created_by,
            last_sign_in_at=person.last_sign_in_at,
        )


class InvitationOut(Reply):
    """A link that somebody may join by."""

    id: str
    email: str
    roles: list[Role]
    created_at: Time
    created_by: str
    expires_at: Time

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        """Say what others may know of an invitation."""
        return cls.model_validate(invitation)


class InvitedOut(InvitationOut):
    """`link` is shown this once: hand it to the person, and to nobody else."""

    link: str

    @classmethod
    def of_link(cls, invitation: Invitation, link: str) -> "InvitedOut":
        """Say what the inviting admin hands over."""
        return cls(**InvitationOut.of(invitation).model_dump(), link=link)


class PeopleOut(Reply):
    """Everybody who may sign in, by name; and who was invited, by email address."""

    people: list[PersonOut]
    invitations: list[InvitationOut]


class RemovedOut(Reply):
    """`removed` is false when it was not there."""

    id: str
    removed: bool


def _body(schema: type[BaseModel]) -> dict[str, object]:
    return json_body({"$ref": f"#/components/schemas/{schema.__name__}"})


SIGN_IN_REQUEST, JOIN_REQUEST, PASSWORD_REQUEST = _body(SignInIn), _body(JoinIn), _body(PasswordIn)
INVITATION_REQUEST, ROLES_REQUEST = _body(InvitationIn), _body(RolesIn)
DOCUMENTED = (SignInIn, JoinIn, PasswordIn, InvitationIn, RolesIn)
