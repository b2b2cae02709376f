"""What a worker answers to GET /health/live and /health/ready."""

from typing import Literal

from gateway.api.reply import Reply


class WorkerLiveOut(Reply):
    """The event loop runs."""

    status: Literal["live"]


class WorkerReadyOut(Reply):
    """Its jobs run, or wait for MongoDB."""

    status: Literal["ready"]
