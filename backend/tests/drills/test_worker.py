"""A worker that dies costs checkouts nothing: they are answered as ever, and what it left waits for it."""

import itertools
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.callers import caller
from tests.drills.conftest import full_only
from tests.processes import MongodProcess
from tests.rescoring import post_many
from tests.stack import Stack, running_stack, wait_until

CLIENTS = 8
THINK_S = 0.1  # 80 payments a second: far from what a small machine can do, so that the tail is not its own queue
WINDOW_S = 6.0
ROUNDS = 6
BLIND = 300
SETTLED_WITHIN_S = 60.0


class Checkouts:
    """Post at their own pace until the end; each answer's status, and its time in ms in the window of its beginning."""

    def __init__(self, url: str) -> None:
        self.window: list[float] = []
        self.statuses: dict[int, int] = {}
        self._url = url
        self._ended = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator[None]:
        """All of them, inside the block."""
        threads = [threading.Thread(target=self._post) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def _post(self) -> None:
        with caller(self._url) as client:
            while not self._ended.wait(THINK_S):
                name, window, began_s = secrets.token_hex(8), self.window, time.perf_counter()
                body = {"transaction_id": name, "amount": 12.5, "currency": "USD", "user_id": name}
                status = client.post("/transaction", json=body).status_code
                with self._lock:
                    window.append(1000 * (time.perf_counter() - began_s))
                    self.statuses[status] = self.statuses.get(status, 0) + 1


def backlog(stack: Stack) -> int:
    """Verdicts that wait to be scored, as the gateway says."""
    status = stack.get("/ledger/status")["rescore_backlog"]
    return -1 if status is None else int(status["count"])


@full_only
def test_a_worker_is_killed_under_load(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], tell: Callable[[str], None]
) -> None:
    """
    kill -9 of the only worker, over and over, between windows with it: no request fails.

    Then an outage of the brain without it: its verdicts wait, and are all scored within a minute of its return.
    """
    environment = fresh_databases | {"GATEWAY_CIRCUIT_RESET_S": "2"}
    with running_stack(tmp_path, own_mongod.url, environment, with_worker=True) as stack:
        checkouts = Checkouts(stack.gateway.url)
        times_ms: dict[str, list[float]] = {"with": [], "without": []}
        with checkouts.running():
            time.sleep(WINDOW_S)  # until all is warm
            for kind in itertools.islice(itertools.cycle(("with", "without")), 2 * ROUNDS):
                if kind == "without":
                    stack.worker.kill()
                elif not stack.worker.is_running:
                    stack.worker.start()
                    time.sleep(2.0)  # its start is not its work
                window: list[float] = []
                checkouts.window = window
                time.sleep(WINDOW_S)
                checkouts.window = []
                times_ms[kind] += window
            stack.brain.kill()
            post_many(stack, BLIND)
            stack.brain.start()
            wait_until(lambda: stack.get("/circuit/status")["state"] == "closed")
            waiting = backlog(stack)
            time.sleep(WINDOW_S)
            still_waiting = backlog(stack)
            stack.worker.start()
            settled_s = wait_until(lambda: backlog(stack) == 0, within_s=SETTLED_WITHIN_S)

    p99_ms = {kind: statistics.quantiles(times, n=100)[98] for kind, times in times_ms.items()}
    tell(f"answers by status {checkouts.statuses}; with a worker {len(times_ms['with']):,} of them, without "
         f"{len(times_ms['without']):,}")  # fmt: skip
    tell(f"p99 with a worker {p99_ms['with']:.1f} ms, while it is killed {p99_ms['without']:.1f} ms: "
         f"{p99_ms['without'] / p99_ms['with']:.2f} times")  # fmt: skip
    tell(f"{waiting:,} unscored verdicts waited, {still_waiting:,} later; all scored {settled_s:.1f} s after its start")
    assert checkouts.statuses.keys() == {200}
    assert still_waiting >= waiting >= BLIND
