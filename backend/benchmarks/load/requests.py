"""Payments as complete HTTP requests, made in advance, for loads that wrk cannot make."""

import json
import random

from tests.callers import KEY_LINE

USERS, MERCHANTS = 5_000, 1_000  # as in payments.lua
_HEAD = (
    b"POST /transaction HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n%s\r\n" % KEY_LINE
    + b"Content-Length: %d\r\n\r\n"
)


def make_requests(count: int, prefix: str) -> list[bytes]:
    """Make different payments with the required fields and a merchant."""
    chance = random.Random(prefix)  # noqa: S311 (no secrets)
    requests = []
    for number in range(count):
        body = json.dumps(
            {
                "transaction_id": f"{prefix}-{number}",
                "amount": f"{chance.randrange(100, 20_000) / 100:.2f}",
                "currency": "USD",
                "user_id": f"user_{chance.randrange(USERS)}",
                "merchant_id": f"merchant_{chance.randrange(MERCHANTS)}",
            }
        ).encode()
        requests.append(_HEAD % len(body) + body)
    return requests


def get_request(path: str) -> bytes:
    """Ask for one page."""
    return b"GET %s HTTP/1.1\r\nHost: gateway\r\n%s\r\n\r\n" % (path.encode(), KEY_LINE)
