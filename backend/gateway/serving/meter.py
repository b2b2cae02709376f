"""How much of a request has come, beside the content of its body."""

from enum import Enum, auto

_HEAD_END = b"\r\n\r\n"
_HEADS_AT_ONCE = 8  # requests that are taken from a pipeline before the first of them is answered


class Reading(Enum):
    """What of a request is expected next."""

    NOTHING = auto()  # between two requests
    HEAD = auto()  # a first byte has come
    BODY = auto()
    NO_MORE = auto()  # what comes is thrown away


class Meter:
    """
    Of one connection. The parser says what it met, in whole pieces only; bytes are counted around it.

    Attributes:
        reading: What is expected.
    """

    def __init__(self, bytes_max: int) -> None:
        """Args: bytes_max: of a head, and of what frames a body: chunk sizes, their extensions, trailers."""
        self.reading = Reading.NOTHING
        self._bytes_max = bytes_max
        self._bytes = 0  # of this head, or of a body since the last byte that belongs to its content
        self._progress = 0  # heads ended and contents met
        self._progress_counted = 0

    def expect(self, reading: Reading) -> bool:
        """Returns whether that is news."""
        if self.reading is reading:
            return False
        self.reading, self._bytes = reading, 0
        return True

    def met(self) -> None:
        """The end of a head, or content of a body: what was counted led to something."""
        self._progress += 1

    def cut(self, data: bytes) -> tuple[bytes, bytes]:
        """The next piece to parse, which holds few heads and no more of one than it may have; and the rest."""
        end = len(data)
        if self.reading is not Reading.BODY:
            end = min(end, self._bytes_max - self._bytes)
        if data.count(_HEAD_END, 0, end) > _HEADS_AT_ONCE:
            end = 0
            for _ in range(_HEADS_AT_ONCE):
                end = data.index(_HEAD_END, end) + len(_HEAD_END)
        return (data, b"") if end == len(data) else (data[:end], data[end:])

    def parsed(self, size: int) -> bool:
        """
        Count a piece.

        Returns:
            Whether it is too much. Of a head that begins behind other things in a piece that piece does not count, as
            nobody knows where: such a one may be twice as long.
        """
        if self._progress != self._progress_counted:
            self._progress_counted, self._bytes = self._progress, 0
            return False
        if self.reading in (Reading.HEAD, Reading.BODY):
            self._bytes += size
        return self._bytes >= self._bytes_max  # and its end is still to come
