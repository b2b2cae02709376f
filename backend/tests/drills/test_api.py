"""Requests made from /openapi.json, right ones and wrong ones, get the answers that it documents, and never a 5xx."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.callers import KEY, asks_for_keys
from tests.described import DOCUMENT
from tests.drills.conftest import IS_FULL
from tests.stack import running_stack

CASES_MIN = 5_000 if IS_FULL else 100
EXAMPLES = (
    220 if IS_FULL else 5
)  # for each of 40 operations; the full form adds 1,300 cases at the bounds of each value
PHASES = "examples,coverage,fuzzing" if IS_FULL else "examples,fuzzing"
WITHIN_S = 900.0

# where the two disagree on purpose
KNOWN_ANYWHERE = {"RejectedPositiveData"}  # a cursor is one that was given, a list is `deny` or `allow`
KNOWN = {
    # each transaction of a batch is judged by itself, also one that is no object
    "AcceptedNegativeData": {"POST /transactions"},
    # ids may hold slashes, so GET answers there too: as for a transaction of that name
    "AllowHeaderMismatch": {
        "OPTIONS /reviews/{transaction_id}/claim",
        "OPTIONS /reviews/{transaction_id}/decision",
        "OPTIONS /reviews/{transaction_id}/release",
        "OPTIONS /reviews/{transaction_id}/undo",
        "OPTIONS /transactions/{transaction_id}/label",
    },
}


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {KEY}"}, {}], ids=["with a key", "without one"])
def test_no_request_that_the_document_leads_to_gets_a_5xx(
    headers: dict[str, str],
    mongod_url: str,
    tmp_path: Path,
    fresh_databases: dict[str, str],
    tell: Callable[[str], None],
) -> None:
    """All checks of schemathesis: statuses, media types, schemas and headers are as documented, whoever asks."""
    environment = fresh_databases | asks_for_keys(tmp_path)
    with running_stack(tmp_path, mongod_url, environment) as stack:
        report = _run_schemathesis(stack.gateway.url, tmp_path, headers)
        log = stack.gateway.log()

    failures = {failure["type"]: set(failure["operations"]) for failure in report["failures"]}
    cases = report["test_cases"]["generated"]
    tell(f"{cases} requests to {report['operations']['tested']} operations in {report['running_time']:.0f} s")
    tell(f"known disagreements: { ({kind: len(found) for kind, found in failures.items()}) }")
    assert "request.crashed" not in log
    assert report["errors"] == []
    assert {kind: found - KNOWN.get(kind, set()) for kind, found in failures.items() if kind not in KNOWN_ANYWHERE} == {
        kind: set() for kind in failures.keys() & KNOWN.keys()
    }
    assert cases >= CASES_MIN


def _run_schemathesis(url: str, directory: Path, headers: dict[str, str]) -> dict[str, Any]:
    report = directory / "report.json"
    sent = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    subprocess.run(  # noqa: S603 (our own test tool)
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", url, *sent),
            *("--checks", "all", "--phases", PHASES, "--max-examples", str(EXAMPLES)),
            *("--max-failures", "1000", "--continue-on-failure", "--suppress-health-check", "all"),
            *("--report", "json", "--report-json-path", str(report), "--no-color"),
        ],
        cwd=directory,
        stdout=subprocess.DEVNULL,
        check=False,  # it fails for what is known, too
        timeout=WITHIN_S,
    )
    whole: dict[str, Any] = json.loads(report.read_text())
    return whole
