"""Wires the parts of the brain together."""

import asyncio
import time
from collections.abc import Mapping
from decimal import Decimal

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from brain.batching.admission import Admission
from brain.batching.batcher import MicroBatcher
from brain.domain import HISTORY
from brain.faults.injector import Faults
from brain.history.ledger import Ledger
from brain.history.memory import Memory
from brain.history.service import HistoryService
from brain.model.artifact import Model
from brain.rollout.copy import ModelCopy
from brain.rollout.follower import Rollout
from brain.rollout.models import Serving
from brain.rpc.description import describe
from brain.rpc.fault_control import FaultControl
from brain.rpc.identity import TokenCheck
from brain.rpc.servicer import BrainServicer
from brain.scoring.scorer import Scorer
from brain.scoring.shadow import Shadow
from brain.settings import Settings
from protos import fraud_pb2, fraud_pb2_grpc

log = structlog.get_logger()

SERVICE = fraud_pb2.DESCRIPTOR.services_by_name["FraudDetection"].full_name
GRPC_GRACE_S = 0.1  # for what grpc itself still holds, such as a health watch, once our own calls are over

OPTIONS = (
    ("grpc.so_reuseport", 0),  # a second brain on this port is a mistake, not a cluster
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),  # Observe of 500 is about 0.1 MB
    ("grpc.max_send_message_length", 4 * 1024 * 1024),
    ("grpc.max_concurrent_streams", 1024),  # of one connection
    # Gateways ping every 10 s to notice a dead connection; the default would answer that with GOAWAY.
    ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.keepalive_time_ms", 30_000),  # so that streams of vanished gateways end
    ("grpc.keepalive_timeout_ms", 10_000),
)


class Brain:
    """Runs one brain: its gRPC server, its batcher and its history."""

    def __init__(self, settings: Settings, *, model: Model, shadow: Model | None, rates: Mapping[str, Decimal]) -> None:
        """
        Args:
            model: Decides as long as no other one is promoted.
            shadow: A second model that scores every transaction and never decides; likewise.
            rates: Reference currency units for one unit of each currency.
        """
        self._settings = settings
        memory = Memory(settings.history_mib)
        self._ledger = Ledger(settings.mongodb_url.get_secret_value(), settings.ledger_database)
        self._history = HistoryService(self._ledger, memory, rates)
        self._faults = Faults(settings.faults, thresholds=model.thresholds)
        serving = Serving.of_settings(model, shadow)
        self._scorer = Scorer(model, memory)
        self._serve(serving)
        self._rollout = Rollout(
            self._ledger,
            rates,
            serving,
            copy=None if settings.state_dir is None else ModelCopy(settings.state_dir),
            on_change=self._serve,
        )
        batcher = MicroBatcher(
            self._scorer.score,
            batch_max=settings.batch_max,
            queue_max=settings.queue_max,
        )
        admission = Admission(batcher, self._faults, rates, asleep_max=settings.queue_max)
        self._servicer = BrainServicer(
            describe=lambda: describe(self._rollout.serving, memory),
            admission=admission,
            memory=memory,
            rates=rates,
            fault_control=FaultControl(
                self._faults,
                is_allowed=settings.fault_control,
                degraded=lambda: [] if memory.coverage.is_complete else [HISTORY],
            ),
        )
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(
            interceptors=[] if settings.token is None else [TokenCheck(settings.token.get_secret_value())],
            options=OPTIONS,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to serve. Raises OSError when the port is taken."""
        await self._rollout.begin()
        fraud_pb2_grpc.add_FraudDetectionServicer_to_server(self._servicer, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if self._settings.has_reflection:
            names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self._server)
        host = self._settings.bind_address
        address = f"[{host}]:{self._settings.service_port}" if ":" in host else f"{host}:{self._settings.service_port}"
        try:
            self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(
                f"cannot listen on {address}: set BRAIN_SERVICE_PORT to a free port, "
                "and BRAIN_BIND_ADDRESS, if it is set, to an address of this machine"
            ) from error
        self._tasks = [
            asyncio.create_task(self._history.run(), name="history"),
            asyncio.create_task(self._rollout.run(), name="rollout"),
        ]
        await self._server.start()
        await self._health.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
        self._faults.announce()
        model, shadow = self._rollout.serving.model, self._rollout.serving.shadow
        log.info(
            "brain.started",
            port=self._settings.service_port,
            model=model.name,
            version=model.version,
            sha256=model.sha256,
            shadow=None if shadow is None else f"{shadow.name} {shadow.version}",
        )

    def _serve(self, serving: Serving) -> None:
        """Take up what serves now. Between two batches: all of a batch, and all that is said of it, is of one model."""
        shadow = None if serving.shadow is None else Shadow(serving.shadow, time.monotonic)
        self._scorer.serve(serving.model, shadow=shadow, drift=serving.drift)
        self._faults.thresholds = serving.model.thresholds

    async def stop(self) -> None:
        """Take no new calls, finish those in flight, and end within `drain_s`."""
        log.info("brain.draining")
        started_s = time.monotonic()
        await self._health.enter_graceful_shutdown()
        try:
            await asyncio.wait_for(self._servicer.drain(), self._settings.drain_s)
        except TimeoutError:
            log.warning("brain.drain_cut", drain_s=self._settings.drain_s)
        await self._server.stop(GRPC_GRACE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ledger.close()
        log.info("brain.stopped", drained_ms=round((time.monotonic() - started_s) * 1000))
