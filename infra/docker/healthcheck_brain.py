"""Inside the brain's container: exit status 0 when it says SERVING by the gRPC health protocol, else 1."""

import os
import sys

import grpc
from grpc_health.v1 import health_pb2

ANSWER_WITHIN_S = 2.0  # below the 3 s after which the engine ends this process


EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 (compared only: nothing is bound here)


def address() -> str:
    """Where the brain of this container listens; on every address, then by IPv4 or IPv6, whichever there is."""
    host = os.environ.get("BRAIN_BIND_ADDRESS", "").strip().removeprefix("[").removesuffix("]")
    port = os.environ.get("BRAIN_SERVICE_PORT") or "50051"
    if host in EVERY_ADDRESS:
        host = "localhost"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def main() -> int:
    """Ask once."""
    # whatever http_proxy says: it is in this container
    with grpc.insecure_channel(address(), options=[("grpc.enable_http_proxy", 0)]) as channel:
        # called by name: the typed stubs of the health package lack its methods
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            reply = check(health_pb2.HealthCheckRequest(), timeout=ANSWER_WITHIN_S)
        except grpc.RpcError:
            return 1
    return 0 if reply.status == health_pb2.HealthCheckResponse.SERVING else 1


if __name__ == "__main__":
    sys.exit(main())
