"""What a client is told whose request never reaches the application: HTTP 1.1 by hand, as problem+json."""

from dataclasses import dataclass
from http import HTTPStatus

import httptools
import msgspec

MADE_ROOM = "made_room"  # one that was idle, or slow with its head, went so that another could come


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. `reason` is its label in the metrics and in the log."""

    reason: str
    status: HTTPStatus
    title: str
    detail: str
    retry_after_s: int | None = None

    def to_bytes(self, *, is_head: bool = False) -> bytes:
        """The whole answer. Args: is_head: the request was a HEAD, so no body may follow."""
        problem = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status.value,
            "code": self.reason.upper(),
            "detail": self.detail,
        }
        body = msgspec.json.encode(problem)
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "content-type: application/problem+json",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        if self.retry_after_s is not None:
            lines.append(f"retry-after: {self.retry_after_s}")
        return "\r\n".join([*lines, "", ""]).encode() + (b"" if is_head else body)


MALFORMED = Refusal(
    "malformed_http",
    HTTPStatus.BAD_REQUEST,
    "This is not HTTP/1.1",
    "Send a request line, header fields and a body as RFC 9112 has them; the connection is closed.",
)
LINE_TOO_LONG = Refusal(
    "request_line_too_long",
    HTTPStatus.REQUEST_URI_TOO_LONG,
    "The address is too long",
    "The request line may have 32768 bytes at most: put what is longer into the body.",
)
HEAD_TOO_LARGE = Refusal(
    "head_too_large",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "The header fields are too large",
    "The request line and all header fields may have 32768 bytes and 256 fields at most; so may trailers.",
)
HEAD_TOO_SLOW = Refusal(
    "head_too_slow",
    HTTPStatus.REQUEST_TIMEOUT,
    "The header fields did not arrive in time",
    "Send the request line and all header fields at once; see GATEWAY_HEAD_S for how long they may take.",
)
BODY_TOO_SLOW = Refusal(
    "body_too_slow",
    HTTPStatus.REQUEST_TIMEOUT,
    "The body did not arrive in time",
    "Send the whole body within 10 s.",
)
TOO_MANY = Refusal(
    "too_many_connections",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Every connection of this gateway is at work",
    "Nothing was read or recorded. Send the request again, over a connection that is kept open between requests.",
    retry_after_s=1,
)

_REFUSALS = (MALFORMED, LINE_TOO_LONG, HEAD_TOO_LARGE, HEAD_TOO_SLOW, BODY_TOO_SLOW, TOO_MANY)
REASONS = (*(refusal.reason for refusal in _REFUSALS), MADE_ROOM)


def without_offer(parser: httptools.HttpRequestParser, url: bytes, fields: list[tuple[bytes, bytes]]) -> bytes:
    """
    The head that this parser has read, without its field Upgrade: nothing is left then that names another protocol.

    Raises:
        HttpParserError: it is CONNECT, which is nothing but such an offer.
    """
    method = parser.get_method()
    if method == b"CONNECT":
        raise httptools.HttpParserError("CONNECT")
    line = b"%s %s HTTP/%s\r\n" % (method, url, parser.get_http_version().encode())
    return line + b"".join(b"%s: %s\r\n" % field for field in fields if field[0] != b"upgrade") + b"\r\n"
