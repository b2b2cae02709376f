"""How a gateway connects to a brain."""

import grpc

_MESSAGE_BYTES_MAX = 4 * 1024 * 1024
_OPTIONS = [
    # gRPC's own back-off grows to 120 s: longer than an open circuit, so recovery would wait for it
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    # deadlines are the protection; pings only find a peer that vanished without a word
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 1_000),
    ("grpc.http2.ping_timeout_ms", 1_000),
    ("grpc.max_receive_message_length", _MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", _MESSAGE_BYTES_MAX),
    ("grpc.enable_http_proxy", 0),  # gRPC would take http_proxy of the environment, for 127.0.0.1 too
    ("grpc.enable_retries", 0),  # hedging is ours: gRPC for Python has none
    ("grpc.use_local_subchannel_pool", 1),
]


def open_channel(address: str) -> grpc.aio.Channel:
    """A channel of its own to one address, "host:port". Nothing is connected yet."""
    return grpc.aio.insecure_channel(address, options=_OPTIONS)
