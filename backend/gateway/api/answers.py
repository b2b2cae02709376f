"""A whole answer to a GET, and what a client says of the one that it has (RFC 9110)."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answered, read to its end."""

    status: int
    headers: RawHeaders
    body: bytes
    etag: str | None  # none for an error: there is nothing to have already

    @classmethod
    def of(cls, status: int, headers: RawHeaders, body: bytes) -> "Answer":
        """The entity tag is a strong one: of the body and of what the headers say of it."""
        if status != 200:
            return cls(status, headers, body, None)
        digest = hashlib.blake2b(body, digest_size=15)
        for name, value in sorted(headers):
            digest.update(b"\0" + name + b"\0" + value)
        return cls(status, headers, body, digest.hexdigest())

    def is_known(self, if_none_match: Sequence[str]) -> bool:
        """
        Whether the client has this one already.

        Args:
            if_none_match: The values of that header, one for each line: `*`, or entity tags, compared weakly.
        """
        if self.etag is None:
            return False
        return any(value.strip() == "*" or self.etag in _ENTITY_TAG.findall(value) for value in if_none_match)
