"""One request and its answer: uvicorn's, and a shorter way for an answer that is there as a whole."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# Extensions of ASGI. In the scope: `receive` has all of the request and does not wait, and `send` takes the message.
WHOLE_BODY = "sentinel.whole_body"
ANSWER = "sentinel.answer"  # status 200 with `headers`, of which each is known to be valid, and `body`


class AnsweringCycle(RequestResponseCycle):
    """uvicorn sends head and body in two writes, each a system call and a packet of 10 us, and checks every header."""

    async def send(self, message: Any) -> None:
        """As the application calls it."""
        if message["type"] != ANSWER:
            await super().send(message)
        elif self.access_log or self.disconnected or self.flow.write_paused:
            await super().send({"type": "http.response.start", "status": 200, "headers": message["headers"]})
            await super().send({"type": "http.response.body", "body": message["body"]})
        else:
            self._answer(message["headers"], message["body"])

    def _answer(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """What uvicorn does for both messages."""
        lines = [b"%b: %b\r\n" % header for header in (*self.default_headers, *headers)]
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        self.response_started = self.response_complete = True
        self.transport.write(b"".join((STATUS_LINE[200], *lines, b"\r\n", body)))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
