"""Inside the brain's container: exit status 0 when it says SERVING by the gRPC health protocol, else 1."""

import os
import sys

import grpc
from grpc_health.v1 import health_pb2

ANSWER_WITHIN_S = 2.0  # below the 3 s after which the engine ends this process


def main() -> int:
    """Ask once."""
    port = os.environ.get("BRAIN_SERVICE_PORT", "50051")
    # whatever http_proxy says: it is in this container
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
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
