"""Standard Webhooks: the headers that let a receiver know who sent a body, when, and which event it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


class Signer:
    """Signs with every secret that it has: while one is changed for another, a receiver may know either."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Args: secrets: the newest first; each one that the settings accept."""
        self._webhooks = [Webhook(secret) for secret in secrets]

    def headers(self, webhook_id: str, body: str, at: datetime) -> dict[str, str]:
        """For one attempt, made at this time: receivers refuse what is more than 5 minutes old."""
        signatures = [webhook.sign(webhook_id, at.astimezone(UTC), body) for webhook in self._webhooks]
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
