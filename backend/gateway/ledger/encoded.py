"""A record as bytes: encoded once when it is decided, and numbered each time it is sent."""

from bson.raw_bson import RawBSONDocument

from gateway.ledger.seals import leaf_of_fields, readable_leaf, with_account

# every record begins with its length, the kind and name of `_id`, and the 12 bytes of that
_FIELDS_FROM, _ID_FROM, _ID_UNTIL = 4, 9, 21


class EncodedRecord:
    """
    A record, and what has to be known of it without decoding.

    Attributes:
        raw: As BSON. Its `_id` says nothing: see `at`.

    Args:
        sealed_until: Where the sealed fields end; None of one from a disk: then it is looked up.
    """

    __slots__ = ("_sealed_until", "digest", "raw", "transaction_id")

    def __init__(self, raw: bytes, *, transaction_id: str, digest: bytes, sealed_until: int | None = None) -> None:
        self.raw = raw
        self.digest = digest
        self.transaction_id = transaction_id
        self._sealed_until = sealed_until

    def at(self, position: bytes) -> "SentRecord":
        """
        As it is sent under this `_id`, the 12 bytes of a position.

        A record without a seal keeps the `_id` that it has: nothing else tells it from others.
        """
        if self._sealed_until is not None:
            sent = _numbered(self.raw, position)
            return SentRecord(sent, leaf_of_fields(sent[_FIELDS_FROM : self._sealed_until]))
        kept = with_account(self.raw)
        sent = _numbered(kept, position)
        leaf = readable_leaf(sent)
        return SentRecord(sent if leaf is not None else kept, leaf)


class SentRecord(RawBSONDocument):
    """
    A record as it goes to MongoDB.

    Attributes:
        leaf: What the chain says of it; None of one without a seal.
    """

    __slots__ = ("leaf",)

    def __init__(self, encoded: bytes, leaf: bytes | None) -> None:
        super().__init__(encoded)
        self.leaf = leaf


def _numbered(encoded: bytes, position: bytes) -> bytes:
    return encoded[:_ID_FROM] + position + encoded[_ID_UNTIL:]
