"""The ledger's pods without Kubernetes: three real mongods, started by the manifests' command, and their stewards."""

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from pymongo import MongoClient, ReadPreference
from pymongo.errors import PyMongoError

from local.ports import LOOPBACK, pick_free_port
from local.readiness import mongod_is_ready
from tests.infra.k8s_manifests import need, read_base, script
from tests.processes import ServiceProcess

# Not MongoDB's ten seconds: the test waits for two elections. With one second a busy machine has no end of them: a
# primary that hears nobody for so long steps down, and an election by others takes as long again.
ELECTION_MS = 5_000
WITHIN_S = 120.0


class LedgerPods:
    """A context manager: inside the block the members run and have not yet been tended."""

    def __init__(self, binary: Path, directory: Path, passwords: dict[str, str]) -> None:
        """Args: passwords: what the Secret sentinel-db holds, by file name, keyfile excluded."""
        self._directory = directory
        self.secrets = directory / "credentials"
        self.secrets.mkdir()
        for name, password in passwords.items():
            self.put_secret(name, password)
        keyfile = directory / "keyfile"
        keyfile.write_text("c2VudGluZWw" * 8)
        keyfile.chmod(0o400)
        self.ports = [pick_free_port() for _ in range(3)]
        self.members = [self._process(binary, keyfile, port) for port in self.ports]
        module: ModuleType = script("steward")
        module.__dict__["ELECTION_TIMEOUT_MS"] = ELECTION_MS
        self.stewards: list[Any] = [
            module.Steward(
                [f"{LOOPBACK}:{each}" for each in self.ports], is_first=number == 0, secrets=self.secrets, port=port
            )
            for number, port in enumerate(self.ports)
        ]

    def _process(self, binary: Path, keyfile: Path, port: int) -> ServiceProcess:
        container = need(read_base(), "StatefulSet", "sentinel-db")["spec"]["template"]["spec"]["containers"][0]
        command = [str(word) for word in (*container["command"], *container["args"])]
        here = {
            "mongod": str(binary),
            "/run/keyfile/keyfile": str(keyfile),
            "/data/db": str(self.data_of(port)),
            "27017": str(port),
        }
        self.data_of(port).mkdir()
        return ServiceProcess(
            [here.get(word, word) for word in command],
            port=port,
            log_path=self._directory / f"mongod-{port}.log",
            is_ready=partial(mongod_is_ready, port),
            environment={},
        )

    def data_of(self, port: int) -> Path:
        """A member's folder."""
        return self._directory / f"data-{port}"

    def put_secret(self, name: str, value: str) -> None:
        """Replace one key of the mounted Secret."""
        (self.secrets / name).write_text(value)

    def url(self, user: str, password: str) -> str:
        """As the bootstrap composes it, with this machine's addresses."""
        hosts = ",".join(f"{LOOPBACK}:{port}" for port in self.ports)
        return f"mongodb://{user}:{password}@{hosts}/?replicaSet=rs0&authSource=admin"

    def client(self, user: str, password: str) -> MongoClient[dict[str, Any]]:
        """To be closed by the caller."""
        return MongoClient(self.url(user, password), timeoutMS=10_000)

    def client_of(
        self, number: int, *, username: str | None = None, password: str | None = None
    ) -> MongoClient[dict[str, Any]]:
        """Of one member alone, whatever it is in the set; to be closed by the caller."""
        return MongoClient(
            LOOPBACK,
            self.ports[number],
            directConnection=True,
            timeoutMS=10_000,
            read_preference=ReadPreference.NEAREST,
            username=username,
            password=password,
        )

    def tend_until(self, done: Callable[[], bool], *, within_s: float = WITHIN_S) -> list[str]:
        """
        Let every steward look again and again, until all are content. Returns what they were refused on the way.

        Raises:
            AssertionError: not done in time.
        """
        refusals: list[str] = []
        give_up_s = time.monotonic() + within_s
        while time.monotonic() < give_up_s:
            looks = [self._look(steward, refusals) for steward in self.stewards]
            if all(looks) and done():
                return refusals
            time.sleep(0.1)
        raise AssertionError(f"the stewards did not get there; last refused: {refusals[-3:]}")

    @staticmethod
    def _look(steward: Any, refusals: list[str]) -> bool:
        try:
            return bool(steward.tend())
        except PyMongoError as error:
            refusals.append(str(error))
            return False

    def states(self, root_password: str) -> list[str]:
        """What the primary thinks of the members (it learns by heartbeats, every 2 s), sorted; [] without a primary."""
        with self.client("root", root_password) as root:
            try:
                return sorted(member["stateStr"] for member in root.admin.command("replSetGetStatus")["members"])
            except PyMongoError:
                return []

    def count(self, database: str, collection: str) -> int:
        """Documents that stand, whoever the primary is."""
        password = (self.secrets / "root-password").read_text()
        with self.client("root", password) as root:
            return int(root[database][collection].count_documents({}))

    def login_works(self, user: str, password: str) -> bool:
        """Whether this user gets in and there is a primary."""
        with self.client(user, password) as client:
            try:
                return bool(client.admin.command("hello")["isWritablePrimary"])
            except PyMongoError:
                return False

    def empty_disk(self, number: int) -> None:
        """Kill one member, lose its data, start it again."""
        self.members[number].kill()
        shutil.rmtree(self.data_of(self.ports[number]))
        self.data_of(self.ports[number]).mkdir()
        self.members[number].start()

    def __enter__(self) -> Self:
        """Start all members."""
        with ExitStack() as stack:
            for member in self.members:
                stack.callback(member.kill)
                member.launch()
            for member in self.members:
                member.wait_until_ready()
            for steward in self.stewards:
                stack.callback(steward.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all."""
        self._stack.close()
