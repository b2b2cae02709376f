"""
What people are refused who sign in, join, or look after others.

    GatewayError
    ├── SignInFailed           401: one text for every reason
    ├── SignInSlowed           429
    ├── NotAPerson             403
    ├── InvitationInvalid      404: one text for every reason
    ├── PersonNotFound         404
    ├── PersonExists           409
    ├── TooManyPeople          409
    ├── LastAdmin              409
    └── LedgerFailure          503
        └── SignInBusy         passwords of others are being checked
"""

from gateway.errors import GatewayError, LedgerFailure


class SignInFailed(GatewayError):
    """Nobody is told whether there is such a person."""

    status = 401
    code = "SIGN_IN_FAILED"
    title = "Signing in failed"


class SignInSlowed(GatewayError):
    """Too many failures for this email address from this network. Others may go on."""

    status = 429
    code = "SIGN_IN_SLOWED"
    title = "Too many failed attempts"

    def __init__(self, wait_s: int) -> None:
        """Args: wait_s: Until the next attempt counts."""
        super().__init__(f"Try again in {wait_s} s.")
        self.headers = {"Retry-After": str(wait_s)}


class NotAPerson(GatewayError):
    """A key has no password."""

    status = 403
    code = "NOT_A_PERSON"
    title = "Only people who sign in with a password can do that"


class InvitationInvalid(GatewayError):
    """Unknown, used, replaced or expired."""

    status = 404
    code = "INVITATION_INVALID"
    title = "This link is not valid any more"


class PersonNotFound(GatewayError):
    """Nobody has this id, as far as this gateway knows."""

    status = 404
    code = "PERSON_NOT_FOUND"
    title = "No such person"


class PersonExists(GatewayError):
    """Somebody has joined with this email address."""

    status = 409
    code = "PERSON_EXISTS"
    title = "This person is there already"


class TooManyPeople(GatewayError):
    """Every gateway keeps them in memory, so there is a bound."""

    status = 409
    code = "TOO_MANY_PEOPLE"
    title = "No more people or invitations fit"


class LastAdmin(GatewayError):
    """Without an admin nobody could invite one here."""

    status = 409
    code = "LAST_ADMIN"
    title = "This is the last admin who signs in with a password"


class SignInBusy(LedgerFailure):
    """As many passwords are being checked, and wait for it, as may."""

    code = "SIGN_IN_BUSY"
    title = "Too many people sign in at this moment"
