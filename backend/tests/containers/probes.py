"""The probes of a manifest, asked from outside the container as kubelet would."""

import http.client
import socket
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

from tests.containers import engine
from tests.containers.confinement import Execute

KINDS = ("startupProbe", "readinessProbe", "livenessProbe")


def passes(probe: dict[str, Any], *, address: str, execute: Execute) -> bool:
    """
    Ask once.

    Args:
        probe: as in the manifest: grpc, httpGet, tcpSocket or exec.
        address: of the pod.
        execute: runs a command inside the container.

    Raises:
        ValueError: a probe of another kind.
    """
    timeout_s = float(probe.get("timeoutSeconds", 1))
    if "grpc" in probe:
        return _grpc(f"{address}:{probe['grpc']['port']}", probe["grpc"].get("service", ""), timeout_s)
    if "httpGet" in probe:
        return _http(address, probe["httpGet"]["port"], probe["httpGet"]["path"], timeout_s)
    if "tcpSocket" in probe:
        return _tcp(address, probe["tcpSocket"]["port"], timeout_s)
    if "exec" in probe:
        return _exec(execute, probe["exec"]["command"])
    raise ValueError(f"a probe of an unknown kind: {sorted(probe)}")


def _grpc(target: str, service: str, timeout_s: float) -> bool:
    with grpc.insecure_channel(target) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            reply = check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s)
        except grpc.RpcError:
            return False
    return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)


def _http(address: str, port: int, path: str, timeout_s: float) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        return 200 <= connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tcp(address: str, port: int, timeout_s: float) -> bool:
    try:
        with socket.create_connection((address, port), timeout=timeout_s):
            return True
    except OSError:
        return False


def _exec(execute: Execute, command: list[str]) -> bool:
    try:
        execute(*command)
    except engine.EngineError:
        return False
    return True
