"""Standard Webhooks: the headers that let a receiver know who sent a body, when, and which event it is."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

_PREFIX = "whsec_"
_KEY_BYTES_MIN, _KEY_BYTES_MAX = 24, 64  # as the specification says
SECRET_FORM = "must be whsec_ and then 24 to 64 random bytes in base64"  # noqa: S105 (what it looks like)


class Signer:
    """Signs with every secret that it has: while one is changed for another, a receiver may know either."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Args: secrets: the newest first; each as `check_secret` takes it."""
        self._webhooks = [Webhook(secret) for secret in secrets]

    def headers(self, webhook_id: str, body: str, at: datetime) -> dict[str, str]:
        """For one attempt, made at this time: receivers refuse what is more than 5 minutes old."""
        signatures = [webhook.sign(webhook_id, at.astimezone(UTC), body) for webhook in self._webhooks]
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def check_secret(secret: str) -> None:
    """
    Refuse what is no secret of a webhook.

    Raises:
        ValueError: with words that repeat nothing of it.
    """
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(SECRET_FORM) from None
    if not secret.startswith(_PREFIX) or not _KEY_BYTES_MIN <= len(key) <= _KEY_BYTES_MAX:
        raise ValueError(SECRET_FORM)
