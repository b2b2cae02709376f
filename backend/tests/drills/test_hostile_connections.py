"""What floods of bytes and of connections take from a client that only sends payments: next to nothing."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from local.ports import pick_free_port
from tests.drills.conftest import full_only
from tests.processes import GatewayProcess
from tests.raw_gateways import resident_mib
from tests.raw_http import RawConnection, payment
from tests.stack import running_stack

pytestmark = full_only  # short forms: tests/contract/serving/test_bounds.py and test_crowds.py

Tell = Callable[[str], None]
FLOOD_S = 20.0
PAYMENTS_EVERY_S = 0.02
MEMORY_MIB_MAX = 30.0  # of growth; without bounds one flood of 2 s took 590
BLOCK = 1_000_000
FLOODS = {
    "small fields": (b"GET / HTTP/1.1\r\n", b"x-small: 1\r\n"),
    "one field without end": (b"GET / HTTP/1.1\r\nx: ", b"x"),
    "an address without end": (b"GET /", b"x"),
    "trailers": (b"POST /transaction HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"x: 1\r\n"),
    "requests in a row": (b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"),
}


class Payer:
    """Sends payments over one kept connection, 50 a second, and notes what each took."""

    def __init__(self, port: int) -> None:
        self.statuses = Counter[int]()
        self.took_ms: list[float] = []
        self.memory_mib: list[float] = []
        self._port = port
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._pay)

    @property
    def p99_ms(self) -> float:
        """Of all answers."""
        return sorted(self.took_ms)[int(len(self.took_ms) * 0.99)]

    def _pay(self) -> None:
        with RawConnection(self._port) as connection:
            while not self._stop.wait(PAYMENTS_EVERY_S):
                began_s = time.monotonic()
                self.statuses[connection.ask(b"".join(payment())).status] += 1
                self.took_ms.append((time.monotonic() - began_s) * 1000)

    @contextmanager
    def paying(self) -> Iterator[None]:
        """Inside of the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()


def test_hostile_bytes(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell) -> None:
    """Floods of headers, addresses, trailers and requests, one kind after the other, from four connections at once."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as stack:
        payer = Payer(stack.gateway.port)
        with payer.paying():
            time.sleep(FLOOD_S)
        tell(f"calm: payments {dict(payer.statuses)}, p99 {payer.p99_ms:.0f} ms")
        for name, (start, repeated) in FLOODS.items():
            payer, before_mib, peak_mib = Payer(stack.gateway.port), resident_mib(stack.gateway), 0.0
            with payer.paying(), _flooding(stack.gateway, start, repeated) as sent:
                until_s = time.monotonic() + FLOOD_S
                while time.monotonic() < until_s:
                    peak_mib = max(peak_mib, resident_mib(stack.gateway))
                    time.sleep(0.05)
            figures = f"{sent.total() / 2**20:.0f} MiB sent, memory +{peak_mib - before_mib:.1f} MiB"
            tell(f"{name}: {figures}, payments {dict(payer.statuses)}, p99 {payer.p99_ms:.0f} ms")
            assert peak_mib - before_mib < MEMORY_MIB_MAX
            assert payer.statuses.keys() == {200}


def test_hostile_crowds(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str], tell: Tell) -> None:
    """1,000 idle and 200 half-sent connections on 128 file descriptors: payments go on, over new and kept ones."""
    gateway = GatewayProcess(
        tmp_path, mongodb_url=mongod_url, brain_port=pick_free_port(), environment=fresh_databases, files_max=128
    )
    with gateway, ExitStack() as open_ones:
        payer, before_mib = Payer(gateway.port), resident_mib(gateway)
        statuses = Counter[int]()
        with payer.paying():
            for n in range(1_200):
                crowd = open_ones.enter_context(RawConnection(gateway.port))
                if n % 6 == 0:
                    crowd.send(b"POST /transaction HTTP/1.1\r\nHost: x\r\n")
                if n % 20 == 0:
                    with RawConnection(gateway.port) as newcomer:
                        statuses[newcomer.ask(b"".join(payment())).status] += 1
        log, grown_mib = gateway.log(), resident_mib(gateway) - before_mib

    tell(f"new connections {dict(statuses)}, a kept one {dict(payer.statuses)}, p99 {payer.p99_ms:.0f} ms")
    tell(f"memory +{grown_mib:.1f} MiB")
    assert grown_mib < MEMORY_MIB_MAX
    assert statuses.keys() == payer.statuses.keys() == {200}
    assert log.count("connections.dropped") < 5


@contextmanager
def _flooding(gateway: GatewayProcess, start: bytes, repeated: bytes) -> Iterator[Counter[str]]:
    stop, sent, block = threading.Event(), Counter[str](), repeated * (BLOCK // len(repeated))

    def flood() -> None:
        while not stop.is_set():
            with suppress(OSError), RawConnection(gateway.port, timeout_s=1.0) as connection:
                connection.send(start)
                while not stop.is_set():
                    connection.send(block)
                    sent[threading.current_thread().name] += len(block)

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield sent
    finally:
        stop.set()
        for thread in threads:
            thread.join()
