"""
Tokens of sessions and invitations: `<id>_<secret>`, of 12 and 43 characters. Kept as the SHA-256 of the secret.

The id finds the document; it is public, and opens nothing.
"""

import hashlib
import hmac
import re
import secrets
import string
from typing import NamedTuple

_ID_CHARS, _ID_LENGTH = string.digits + string.ascii_lowercase, 12
_SECRET_CHARS, _SECRET_LENGTH = string.digits + string.ascii_letters, 43  # 43 * log2(62) = 256 bits
_FORM = re.compile(r"([0-9a-z]{12})_([0-9A-Za-z]{43})")


class Token(NamedTuple):
    """One that was made, or that somebody sent."""

    id: str
    secret: str

    def __str__(self) -> str:
        """As it is sent."""
        return f"{self.id}_{self.secret}"

    def __repr__(self) -> str:
        """In logs the secret is none."""
        return f"Token({self.id})"

    @property
    def sha256(self) -> bytes:
        """What is kept of the secret."""
        return hashlib.sha256(self.secret.encode("ascii")).digest()

    def is_of(self, sha256: bytes | None) -> bool:
        """Whether this is what was kept, in constant time."""
        return sha256 is not None and hmac.compare_digest(self.sha256, sha256)


def new_id() -> str:
    """Make an id that nobody has."""
    return "".join(secrets.choice(_ID_CHARS) for _ in range(_ID_LENGTH))


def new_token(token_id: str | None = None) -> Token:
    """Make a token, also a further one of the same id."""
    return Token(token_id or new_id(), "".join(secrets.choice(_SECRET_CHARS) for _ in range(_SECRET_LENGTH)))


def read_token(text: str) -> Token | None:
    """Read what somebody sent; None for what has not the form of a token."""
    found = _FORM.fullmatch(text)
    return None if found is None else Token(found[1], found[2])
