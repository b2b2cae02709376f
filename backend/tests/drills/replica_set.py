"""Three mongods of one replica set on this machine."""

import time
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from local import commands
from local.ports import LOOPBACK, pick_free_port
from local.readiness import mongod_is_ready
from tests.processes import ServiceProcess

WITHIN_S = 60.0


class ReplicaSet:
    """A context manager: inside the block there is a primary, with MongoDB's own election timeout of 10 s."""

    def __init__(self, binary: Path, directory: Path) -> None:
        self.ports = [pick_free_port() for _ in range(3)]
        self.members = [self._member(binary, directory, port) for port in self.ports]

    @property
    def url(self) -> str:
        """What MONGODB_URL must say."""
        hosts = ",".join(f"{LOOPBACK}:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet=drill"

    def primary(self) -> ServiceProcess:
        """The member that takes writes. Waits for one."""
        give_up_s = time.monotonic() + WITHIN_S
        while time.monotonic() < give_up_s:
            for port, member in zip(self.ports, self.members, strict=True):
                if member.is_running and _says_primary(port):
                    return member
            time.sleep(0.1)
        raise AssertionError("no primary was elected")

    def __enter__(self) -> Self:
        """Start and initiate."""
        for member in self.members:
            member.start()
        members = [{"_id": n, "host": f"{LOOPBACK}:{port}"} for n, port in enumerate(self.ports)]
        with _direct(self.ports[0]) as client:
            client.admin.command("replSetInitiate", {"_id": "drill", "members": members})
        self.primary()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them all."""
        for member in self.members:
            member.kill()

    def _member(self, binary: Path, directory: Path, port: int) -> ServiceProcess:
        data_dir = directory / f"member-{port}"
        data_dir.mkdir()
        return ServiceProcess(
            [*commands.mongod(binary, port=port, data_dir=data_dir), "--replSet", "drill"],
            port=port,
            log_path=directory / f"member-{port}.log",
            is_ready=partial(mongod_is_ready, port),
            environment={},
        )


def _direct(port: int) -> "MongoClient[dict[str, Any]]":
    return MongoClient(f"mongodb://{LOOPBACK}:{port}/?directConnection=true", serverSelectionTimeoutMS=1000)


def _says_primary(port: int) -> bool:
    try:
        with _direct(port) as client:
            return bool(client.admin.command("hello")["isWritablePrimary"])
    except PyMongoError:
        return False
