"""Generates load at little cost: raw HTTP/1.1 on keep-alive connections, with requests made in advance."""

import asyncio
import json
import random
import secrets
import time

USERS, MERCHANTS = 5_000, 1_000  # as in a town: most histories are short


def make_requests(count: int, *, seed: int = 1) -> list[bytes]:
    """Make different transactions as complete HTTP requests."""
    chance = random.Random(seed)  # noqa: S311
    run = secrets.token_hex(4)
    requests = []
    for number in range(count):
        body = json.dumps(
            {
                "transaction_id": f"{run}-{number}",
                "amount": f"{chance.randrange(100, 20_000) / 100:.2f}",
                "currency": "USD",
                "user_id": f"user_{chance.randrange(USERS)}",
                "merchant_id": f"merchant_{chance.randrange(MERCHANTS)}",
            }
        ).encode()
        head = f"POST /transaction HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        requests.append(head + body)
    return requests


async def send_all(requests: list[bytes], *, port: int, clients: int) -> tuple[list[float], int]:
    """
    Send every request once, over several connections that each wait for the answer.

    Returns:
        Latencies in milliseconds, and how many answers were scored verdicts.
    """
    latencies_ms: list[float] = []
    scored = 0
    waiting = iter(requests)

    async def work() -> None:
        nonlocal scored
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            started_s = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            body = await reader.readexactly(length)
            latencies_ms.append((time.perf_counter() - started_s) * 1000)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"no verdict: {body[:300]!r}")
            scored += b'"scored":true' in body
        writer.close()

    await asyncio.gather(*(work() for _ in range(clients)))
    return latencies_ms, scored
