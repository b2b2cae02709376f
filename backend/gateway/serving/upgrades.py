"""Offers to speak another protocol, which are not taken up."""

import httptools


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
