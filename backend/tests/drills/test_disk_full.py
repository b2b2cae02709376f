"""The ledger is away and the journal's disk fills up: 503 that says so, nothing acknowledged is lost, no restart."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drills.ledger import reconciled
from tests.drills.receipts import Receipts
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack, wait_until

DISK_MIB = 24
BALLAST_MIB = 8
LARGE = {f"note_{n}": "x" * 250 for n in range(20)}  # 5 kB: the disk is full after some thousand payments
POSTS_MAX = 20_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 24 MiB, with 8 MiB of it taken."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:  # noqa: S603
        pytest.skip("a small file system cannot be mounted here: that takes root")
    (folder / "ballast").write_bytes(bytes(BALLAST_MIB * 1024 * 1024))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


@pytest.fixture(params=["4", "0"], ids=["refused before it is full", "really full"])
def environment(request: pytest.FixtureRequest, disk: Path, fresh_databases: dict[str, str]) -> dict[str, str]:
    """The journal on that file system; with 4 MiB to keep free, and with none."""
    return fresh_databases | {
        "GATEWAY_LEDGER_BUDGET_MS": "150",
        "GATEWAY_JOURNAL_DIR": str(disk / "journal"),
        "GATEWAY_JOURNAL_FREE_MIN_MIB": request.param,
    }


def test_disk_full(
    own_mongod: MongodProcess, tmp_path: Path, disk: Path, environment: dict[str, str], tell: Callable[[str], None]
) -> None:
    """Refused with a clear problem until space is freed; every verdict that was given reaches the ledger."""
    receipts, refused = Receipts(), Counter[str]()
    with running_stack(tmp_path, own_mongod.url, environment) as stack:
        wait_until(lambda: stack.post("first")["ledger_status"] == "committed")
        own_mongod.kill()
        for number in range(POSTS_MAX):
            if _post(stack, f"t{number}", receipts, refused) == 503 and sum(refused.values()) >= 20:
                break
        full = len(receipts.verdicts)
        (disk / "ballast").unlink()
        again = [_post(stack, f"again-{n}", receipts, refused) for n in range(50)]
        own_mongod.start()
        wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=60.0)
        result = reconciled(own_mongod, environment, receipts)

    tell(f"{full:,} acknowledged before the disk was full, then {dict(refused)}; lost {len(result.lost)}")
    assert sum(refused.values()) >= 20
    assert set(refused) <= {"JOURNAL_FULL", "JOURNAL_UNAVAILABLE"}
    assert set(again) == {200}
    assert (result.lost, result.changed, result.duplicates, receipts.contradictions) == ([], [], [], [])


def _post(stack: Stack, transaction_id: str, receipts: Receipts, refused: Counter[str]) -> int:
    body: dict[str, Any] = {"transaction_id": transaction_id, "amount": 5, "currency": "USD", "user_id": "user_1"}
    response = stack.client.post("/transaction", json=body | {"metadata": LARGE})
    if response.status_code == 200:
        receipts.acknowledged(response.json())
    else:
        refused[response.json()["code"]] += 1
    return response.status_code
