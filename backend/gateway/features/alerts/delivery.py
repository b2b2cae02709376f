"""One attempt to deliver one webhook, bounded in time and in what is read. Its outcome is a fact, not an exception."""

import asyncio
import ipaddress
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import structlog
from standardwebhooks import Webhook

from gateway import VERSION
from gateway.alerting import BY_URGENCY, AlertKind
from gateway.features.alerts.alert import FOLDED_MAX, Alert, AlertState, Entry, Outcome, advance, to_message
from gateway.kit import clock
from gateway.settings import Settings

_log = structlog.get_logger()
AT_ONCE = 5  # webhooks beside those of flips, at most as many again; a receiver that hangs takes 5 s for each
LOOK_S = 1.0  # for what became due


# They log the URL of each request, which may hold a password; what matters of it we say ourselves.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_log = structlog.get_logger()
ATTEMPT_S = 5.0
_READ_BYTES_MAX = 16 * 1024  # of an answer that nobody looks at: read to its end, the connection is used again
_GONE = 410
_CONNECTIONS_MAX = 10
UNUSABLE = "proxy or certificates of the environment unusable"
_ADVICE = (
    "every webhook fails, see GET /alerts: HTTP_PROXY, HTTPS_PROXY and ALL_PROXY must look like http://host:port "
    "(SOCKS is not supported; NO_PROXY=* switches them off), SSL_CERT_FILE must name certificates; then restart"
)


class Signer:
    """Signs with every secret that it has: while one is changed for another, a receiver may know either."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Args: secrets: the newest first; each one that the settings accept."""
        self._webhooks = [Webhook(secret) for secret in secrets]

    def headers(self, webhook_id: str, body: str, at: datetime) -> dict[str, str]:
        """Sign one attempt, made at this time: receivers refuse what is more than 5 minutes old."""
        signatures = [webhook.sign(webhook_id, at.astimezone(UTC), body) for webhook in self._webhooks]
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


class Receiver:
    """
    The one receiver of webhooks.

    Follows no redirect: a signed body goes where the operator said and nowhere else.
    """

    def __init__(self, url: str, signer: Signer) -> None:
        """Args: url: One that the settings accept and `check_webhook_url` too."""
        self._url = url
        self._signer = signer
        self._client: httpx.AsyncClient | None = None
        try:
            self._client = _open_client(url)
        except (
            ImportError,
            ValueError,
            OSError,
            httpx.InvalidURL,
        ) as error:  # a gateway without webhooks still decides
            _log.error("alerts.cannot_send", error=type(error).__name__, advice=_ADVICE)

    async def close(self) -> None:
        """Let its connections go."""
        if self._client is not None:
            await self._client.aclose()

    async def deliver(self, alert: Alert) -> Outcome:
        """Post it once; at most 5 s, name look-up and answer included."""
        if self._client is None:
            return Outcome(UNUSABLE)
        body = alert.body
        headers = self._signer.headers(alert.webhook_id, body, clock.LEDGER.best())
        try:
            async with asyncio.timeout(ATTEMPT_S):
                return await self._post(self._client, body, headers)
        except TimeoutError:
            return Outcome(f"no answer within {ATTEMPT_S:g} s")
        except Exception as error:  # of the library below httpx too: a proxy's port of 99999 is an ExceptionGroup there
            return Outcome(type(error).__name__)

    async def _post(self, client: httpx.AsyncClient, body: str, headers: dict[str, str]) -> Outcome:
        async with client.stream("POST", self._url, content=body.encode(), headers=headers) as answer:
            outcome = _to_outcome(answer)
            read = 0
            try:
                async for chunk in answer.aiter_raw():
                    read += len(chunk)
                    if read > _READ_BYTES_MAX:
                        break
            except httpx.HTTPError:
                pass  # the status is what counts
            return outcome


def _open_client(url: str) -> httpx.AsyncClient:
    """
    Takes the proxy that the environment names for receivers elsewhere, and none for one on this machine.

    Raises:
        ImportError, ValueError, httpx.InvalidURL: the environment names a proxy that nothing can be sent through.
        OSError: it names certificates that cannot be read.
    """
    return httpx.AsyncClient(
        timeout=ATTEMPT_S,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=_CONNECTIONS_MAX),
        headers={"User-Agent": f"sentinel-gateway/{VERSION}", "Content-Type": "application/json"},
        verify=httpx.create_ssl_context(),  # certificates that the environment names count either way
        trust_env=not _is_here(url),
    )


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_webhook_url(settings: Settings) -> None:
    """
    Refuse a GATEWAY_WEBHOOK_URL that the HTTP client could not read, before anything is started. Nothing is connected.

    Raises:
        SystemExit: with one line that repeats nothing of the URL: it may hold a password.
    """
    try:
        if settings.webhook_url is not None:
            httpx.URL(settings.webhook_url.get_secret_value())
    except httpx.InvalidURL:
        raise SystemExit("GATEWAY_WEBHOOK_URL: must look like https://host/path") from None


def _to_outcome(answer: httpx.Response) -> Outcome:
    if answer.is_success:
        return Outcome()
    return Outcome(
        f"HTTP {answer.status_code}",
        is_final=answer.status_code == _GONE,
        retry_after=_retry_after(answer.headers.get("retry-after", "")),
    )


def _retry_after(value: str) -> timedelta | None:
    """RFC 9110: seconds, or a date. What is neither was not said."""
    if value.isascii() and value.isdecimal():
        return timedelta(seconds=int(value[:9]))
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return then.astimezone(UTC) - datetime.now(UTC) if then.tzinfo is not None else None


async def attempt(receiver: Receiver, entries: Sequence[Entry]) -> list[Entry]:
    """Send one webhook for all of these; how far each is afterwards."""
    message = to_message([alert for alert, _ in entries])
    outcome = await receiver.deliver(message)
    now, chance = clock.now(), random.random()  # noqa: S311 (what failed together is due together)
    tried = [(alert, advance(progress, outcome, now, chance=chance)) for alert, progress in entries]
    states = {after.state for _, after in tried}
    say = _log.error if AlertState.DEAD in states else _log.info
    say(
        f"alert.{'tried' if AlertState.PENDING in states else states.pop()}",
        webhook_id=message.webhook_id,
        kind=message.kind,
        alerts=len(tried),
        attempts=max(after.attempts for _, after in tried),
        error=outcome.error,
    )
    return tried


async def most_urgent(find: Callable[[Sequence[AlertKind], int], Awaitable[list[Entry]]]) -> list[Entry]:
    """Find what leaves now: a few alerts of the most urgent kinds, and flips, which leave together."""
    found: list[Entry] = []
    for kinds in BY_URGENCY:
        are_flips = AlertKind.VERDICT_AMENDED in kinds
        if limit := FOLDED_MAX if are_flips else AT_ONCE - len(found):
            found += await find(kinds, limit)
    return found
