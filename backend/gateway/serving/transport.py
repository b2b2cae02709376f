"""A transport that does not cut off its own last answer."""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

_NOW = socket.MSG_DONTWAIT


class GentleTransport(asyncio.Transport):
    """
    Wraps the connection of one client.

    The kernel answers unread bytes with a reset, and a reset overtakes what was sent before it: a client that is still
    sending would never read why it was refused. `close` therefore ends our side first wherever bytes may be under way.

    Args:
        transport: Of uvloop or asyncio.
        is_sending: Whether the client is in the middle of a request.
        lingering: Told once our side has ended and the client's has not: what comes is thrown away, and
            `finish` must be called some time.
    """

    def __init__(
        self, transport: asyncio.Transport, *, is_sending: Callable[[], bool], lingering: Callable[[], None]
    ) -> None:
        super().__init__()
        self._transport = transport
        self._is_sending = is_sending
        self._lingering = lingering
        self._is_closing = False
        self._is_held = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As of the wrapped one."""
        return self._transport.get_extra_info(name, default)

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        """Send, unless it is closing."""
        if not self._is_closing:
            self._transport.write(data)

    def pause_reading(self) -> None:
        """Read nothing more."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again, unless it is held."""
        if not self._is_held:
            self._transport.resume_reading()

    def hold(self) -> None:
        """Read nothing until `release`, whoever asks for it."""
        self._is_held = True
        self._transport.pause_reading()

    def release(self) -> None:
        """Read again."""
        self._is_held = False
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def is_closing(self) -> bool:
        """Whether nothing more is sent."""
        return self._is_closing or self._transport.is_closing()

    def can_write_eof(self) -> bool:
        """False with TLS."""
        return self._transport.can_write_eof()

    def close(self) -> None:
        """Send what was written, and end."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._is_sending() and not self._transport.is_closing():
            if self._transport.can_write_eof():  # with TLS there is none: a client knows by `Connection: close`
                self._transport.write_eof()
            self._transport.resume_reading()
            self._lingering()
        else:
            self._transport.close()

    def finish(self) -> None:
        """End now: nobody waits for anything."""
        self._is_closing = True
        self._transport.close()

    def close_if_silent(self) -> bool:
        """
        End, unless bytes of the client have arrived that were not read yet. Returns whether it ended.

        Look and end are two system calls side by side: a request that comes even a moment later meets an end that it
        could have seen.
        """
        connection = self._transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(connection.fileno())) as beside:
                try:
                    if beside.recv(1, socket.MSG_PEEK | _NOW):
                        return False
                except BlockingIOError:
                    if self._transport.can_write_eof():  # with TLS the end is a message of its own
                        beside.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone
        self.finish()
        return True
