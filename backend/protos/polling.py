"""
Lets the thread that waits for gRPC poll its sockets itself. Call it before anything imports grpc, which reads it then.

By default gRPC's event engine hands each event to a pool of threads first. Over our one standing stream that is pure
cost: a message takes gateway and brain 115 us of CPU each instead of 160, and a lone score 0.20 ms instead of 0.29.
"""

import os

_EXPERIMENTS = "-event_engine_client,-event_engine_listener"


def poll_in_place() -> None:
    """Take it up, unless the operator has set GRPC_EXPERIMENTS otherwise."""
    os.environ.setdefault("GRPC_EXPERIMENTS", _EXPERIMENTS)
