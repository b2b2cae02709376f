"""How tests call a gateway or a worker: the one key of a run, and clients that send it."""

import os
from pathlib import Path

import httpx

from gateway.access.keys import new_key

CLIENT_TIMEOUT_S = 30.0  # far above the budgets: a test machine may stand still for a moment
KEY = os.environ.setdefault("SENTINEL_TEST_KEY", new_key()[1])  # of an admin; in the environment of all that we start
HEADERS = {"X-API-Key": KEY}
KEY_LINE = f"X-API-Key: {KEY}".encode()  # of a request made of bytes
_FOR_ITS_OWNER = 0o600


def caller(url: str, *, timeout_s: float = CLIENT_TIMEOUT_S) -> httpx.Client:
    """A client of one gateway or worker that may do everything."""
    return httpx.Client(base_url=url, timeout=timeout_s, headers=HEADERS, trust_env=False)


def get(url: str) -> httpx.Response:
    """Ask once."""
    return httpx.get(url, headers=HEADERS, timeout=CLIENT_TIMEOUT_S, trust_env=False)


def post(url: str, body: object) -> httpx.Response:
    """Post JSON once."""
    return httpx.post(url, json=body, headers=HEADERS, timeout=CLIENT_TIMEOUT_S, trust_env=False)


def asks_for_keys(directory: Path) -> dict[str, str]:
    """The settings of a gateway that knows the key of this run, and lets in nobody without one."""
    file = directory / "tests.keys"
    if not file.exists():
        file.touch(_FOR_ITS_OWNER)
        file.write_text(f"{KEY}\n")
    return {"GATEWAY_AUTH": "required", "GATEWAY_KEY_FILE": str(file)}
