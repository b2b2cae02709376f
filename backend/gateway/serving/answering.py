"""One request and its answer: uvicorn's, and a shorter way for a request and an answer that are there as a whole."""

from collections.abc import Sequence

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# An extension of ASGI, in the scope of a request that has come as a whole: its AnsweringCycle.
WHOLE = "sentinel.whole"
_LINES = b"content-length: %d\r\ncontent-type: application/json\r\n"
_CLOSE = b"connection: close\r\n"


class AnsweringCycle(RequestResponseCycle):
    """uvicorn sends head and body in two writes, each a system call and a packet of 10 us, and checks every header."""

    def answer(self, body: bytes) -> bool:
        """
        Send JSON with status 200 at once, and do what uvicorn does after its two messages.

        Returns:
            False, and nothing is sent, where the client has to be waited for, has hung up, or a log wants a line.
        """
        if self.access_log or self.disconnected or self.flow.write_paused:
            return False
        head = _heads.of(self.default_headers) + _LINES % len(body)
        if not self.keep_alive:
            head += _CLOSE
        self.response_started = self.response_complete = True
        self.scope.pop("extensions", None)  # WHOLE leads back here: circles wait for the collector, 7 us a request
        self.transport.write(b"%b\r\n%b" % (head, body))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        return True


class _Heads:
    """The status line with uvicorn's own headers, which it makes once a second."""

    def __init__(self) -> None:
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._head = STATUS_LINE[200]

    def of(self, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
        """As bytes. Args: headers: never changed, but replaced by others."""
        if headers is not self._headers:
            self._headers = headers
            self._head = b"".join((STATUS_LINE[200], *(b"%b: %b\r\n" % header for header in headers)))
        return self._head


_heads = _Heads()
