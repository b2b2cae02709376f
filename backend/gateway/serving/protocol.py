"""One connection of a client: uvicorn's protocol on httptools, which has no bounds, with bounds."""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.serving import refusals
from gateway.serving.answering import WHOLE, AnsweringCycle
from gateway.serving.connections import Connections
from gateway.serving.meter import Meter, Reading
from gateway.serving.refusals import Refusal, without_offer
from gateway.serving.transport import GentleTransport

_DISCARD_EVERY_S = 0.02  # 256 kB each time: 12 MB/s, and a client that sends 5 MB too many can read why
_LINE_REST_BYTES = 32  # of a request line without its address: the method, two spaces and the version


class GatewayProtocol(HttpToolsProtocol):
    """
    Made by uvicorn for each connection.

    Rule 1: no client makes this process keep more than the limits say, however it cuts or piles up its bytes.
    Rule 2: a request that has arrived is answered, also when its connection is about to be closed.
    Rule 3: offers to speak another protocol (Upgrade) are not taken up (RFC 9110, 7.8): the request counts.

    Args: connections: all of this process.
    """

    transport: GentleTransport

    def __init__(self, *args: Any, connections: Connections, **options: Any) -> None:
        super().__init__(*args, **options)
        self._all = connections
        self._limits = connections.limits
        self._fields_max = self._limits.fields_max
        self._meter = Meter(self._limits.head_bytes_max)
        self._since_s = 0.0  # that the next part is expected, or that the connection is idle
        self.url = b""
        self._held = b""  # read, and not parsed: earlier requests are answered first
        self._has_ended = False  # the client sends nothing more, and waits for its answers
        self._answering: RequestResponseCycle | None = None

    # From here on in the order in which uvicorn and the parser call them.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or say that there is no room."""
        super().connection_made(GentleTransport(transport, is_sending=self._is_sending, lingering=self._linger))
        self._since_s = self.loop.time()
        if not self._all.admit(self):
            self._expect(Reading.HEAD)
            self._refuse(refusals.TOO_MANY)
        elif self._all.is_stopping:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Parse, no further than the limits."""
        if self._meter.reading is Reading.NO_MORE:
            self._throw_away()
        elif self._held:
            self._held += data  # one read may have been under way when reading was paused
        else:
            self._parse(data)

    def on_message_begin(self) -> None:
        """A request follows."""
        super().on_message_begin()
        self._expect(Reading.HEAD)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep it. Written out, because it is called most often of all: a call of the base class would cost as much."""
        if len(self.headers) >= self._fields_max:
            raise _TooManyFields
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Start to answer, or put it behind those that came before."""
        if self.parser.should_upgrade():
            return  # it comes again without the offer: see _ask_again
        if self.url == b"*":  # OPTIONS for the whole server
            self.url = b"/"
        self._meter.met()
        self._expect(Reading.BODY)
        self._all.works(self)
        super().on_headers_complete()
        self.headers = []  # of trailers, which no route wants to know
        if self._all.is_stopping:
            self._close_after(self.cycle)

    def on_body(self, body: bytes) -> None:
        """Content of a body."""
        self._meter.met()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The whole request is here."""
        if self.parser.should_upgrade():
            return
        self._expect(Reading.NOTHING)
        self.cycle.scope["extensions"] = {WHOLE: self.cycle}  # type: ignore[dict-item]  # no dictionary of its own
        super().on_message_complete()
        self._wait()

    def on_response_complete(self) -> None:
        """Go on with what waits: a request, bytes, or nothing."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._held:
            self.loop.call_soon(self._parse_held)
        elif self._has_ended:
            self.transport.close()
        else:
            self.flow.resume_reading()
            self._wait()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """A client may end its side and still wait for its answers; one without a request has gone."""
        waits_for_answers = self._meter.reading is Reading.NOTHING and (self._is_answering or bool(self._held))
        if not waits_for_answers or not self.transport.can_write_eof():
            return None
        self._has_ended = True
        return True

    def shutdown(self) -> None:
        """The server stops: a request that is here or comes soon is the last one."""
        if self._is_answering:
            self._close_after(self.cycle)
        elif self._meter.reading is Reading.NOTHING:
            self.loop.call_later(self._limits.drain_s, self._drained)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended, from whichever side."""
        self._held = b""
        self._expect(Reading.NO_MORE)
        self._all.gone(self)
        self.transport.finish()
        super().connection_lost(exc)

    # What `Connections` needs of each.

    def expire(self, now_s: float) -> None:
        """End it if it has waited for too long. A request that is being answered has its own budget."""
        waited_s, limits = now_s - self._since_s, self._limits
        match self._meter.reading:
            case Reading.NO_MORE:
                if self.transport.is_closing() and waited_s >= limits.linger_s:
                    self.transport.finish()
            case Reading.BODY:
                if waited_s >= limits.body_s:
                    self._refuse(refusals.BODY_TOO_SLOW)
            case Reading.HEAD:
                if waited_s >= limits.head_s and not self._is_answering:
                    self._refuse(refusals.HEAD_TOO_SLOW)
            case Reading.NOTHING:
                if waited_s >= limits.idle_s and not self._is_answering:
                    self.transport.close_if_silent()

    def give_way(self) -> bool:
        """End it, unless a request is arriving. Returns whether it ended."""
        if self._meter.reading is Reading.NO_MORE:
            self.transport.finish()
            return True
        return self.transport.close_if_silent()

    # Parsing within the limits.

    def _parse(self, data: bytes) -> None:
        while data and self._meter.reading is not Reading.NO_MORE:
            if self.pipeline and self._meter.reading is not Reading.BODY:  # which belongs to what is in it
                self._held = data
                self.transport.hold()
                return
            piece, data = self._meter.cut(data)
            data = self._feed(piece) + data

    def _feed(self, piece: bytes) -> bytes:
        """Parse one piece. Returns what of it is still to be parsed."""
        if self._meter.reading is Reading.NOTHING:
            self._expect(Reading.HEAD)  # also for the empty lines that the parser skips before a request
        try:
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade as upgrade:
                # the parser takes what follows the head for another protocol
                self._ask_again()
                return piece[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            too_many = isinstance(error.__context__, _TooManyFields)
            self._refuse(refusals.HEAD_TOO_LARGE if too_many else refusals.MALFORMED)
            return b""
        if self._meter.parsed(len(piece)):
            is_line = not self.headers and len(self.url) + _LINE_REST_BYTES >= self._limits.head_bytes_max
            self._refuse(refusals.LINE_TOO_LONG if is_line else refusals.HEAD_TOO_LARGE)
        elif self._meter.reading is Reading.HEAD:
            self._wait()
        return b""

    def _ask_again(self) -> None:
        """
        Parse this head once more, without its offer to upgrade.

        Raises:
            HttpParserError: it is none that can be parsed.
        """
        head = without_offer(self.parser, self.url, self.headers)
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self.parser.feed_data(head)

    def _parse_held(self) -> None:
        data, self._held = self._held, b""
        if self.transport.is_closing():
            return
        self.flow.read_paused = False
        self.transport.release()
        self._parse(data)
        if self._has_ended and not self._is_answering:
            self.transport.close()

    # Ending it.

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with the refusal and close; after the answers that are owed for earlier requests."""
        self._all.dropped(refusal.reason)
        broken = self.cycle if self._meter.reading is Reading.BODY else None
        if broken is not None and self.pipeline:
            self.pipeline.popleft()
        elif broken is not None or not self._is_answering:
            self._refuse_now(refusal, broken)
            return
        self._held = b""
        self._expect(Reading.NO_MORE)
        self._close_after(self.pipeline[0][0] if self.pipeline else self._answering)

    def _refuse_now(self, refusal: Refusal, broken: RequestResponseCycle | None) -> None:
        if broken is None or not broken.response_started:
            self.transport.write(refusal.to_bytes())
        if broken is not None and not broken.response_complete:
            broken.disconnected = True  # for the route, the client has hung up
            broken.message_event.set()
        self.transport.close()
        self._expect(Reading.NO_MORE)

    def _close_after(self, last: RequestResponseCycle | None) -> None:
        """Close when this one is answered. Another that was to be the last one is not, any more."""
        if self._answering is not None and self._answering is not last and not self._answering.response_started:
            self._answering.keep_alive = True
        if last is not None:
            last.keep_alive = False

    def _drained(self) -> None:
        if self._meter.reading is Reading.NOTHING and not self._is_answering:
            self.transport.close_if_silent()

    def _linger(self) -> None:
        self._expect(Reading.NO_MORE)
        self._since_s = self.loop.time()
        self._all.lingers(self)

    def _throw_away(self) -> None:
        """Read on, slowly: a flood must not take the time of others."""
        self.transport.hold()
        self.loop.call_later(_DISCARD_EVERY_S, self.transport.release)

    def _is_sending(self) -> bool:
        return self._meter.reading is not Reading.NOTHING

    def _wait(self) -> None:
        """Note that no whole request is here, unless one is."""
        if self._is_answering or self._meter.reading is Reading.BODY:
            return
        if self._meter.reading is Reading.NOTHING:
            self._since_s = self.loop.time()
        self._all.waits(self, is_known=self._answering is not None)

    def _expect(self, reading: Reading) -> None:
        if self._meter.expect(reading):
            self._since_s = self.loop.time()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = AnsweringCycle  # uvicorn makes it without asking
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    @property
    def _is_answering(self) -> bool:
        return bool(self.pipeline) or (self._answering is not None and not self._answering.response_complete)

    def _should_upgrade(self) -> bool:
        return False


class _TooManyFields(Exception):
    """Raised through the parser."""
