"""Checks whether each service is ready, as its clients would. Each check takes at most a second."""

import http.client

import grpc
from grpc_health.v1 import health_pb2

from local.ports import LOOPBACK, accepts_connections, at

ANSWER_WITHIN_S = 1.0


def mongod_is_ready(port: int) -> bool:
    """Check whether mongod listens: it does so only once its storage engine is up and its journal replayed."""
    return accepts_connections(port, timeout_s=ANSWER_WITHIN_S)


def brain_is_ready(port: int) -> bool:
    """Check whether the brain reports SERVING by the gRPC health protocol."""
    # ignores http_proxy: the brain is on this machine
    with grpc.insecure_channel(at(port), options=[("grpc.enable_http_proxy", 0)]) as channel:
        # called by name: the typed stubs of the health package lack its methods
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = check(health_pb2.HealthCheckRequest(), timeout=ANSWER_WITHIN_S)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def answers_ready(port: int) -> bool:
    """Check whether GET /health/ready answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
