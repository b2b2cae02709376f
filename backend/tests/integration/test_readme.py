"""The README's shell blocks, run from the first to the last on a real stack of one machine."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.ports import LOOPBACK
from tests.local_stack import COMMAND_WITHIN_S, StackUnderTest
from tests.markdown import README, ROOT, fenced
from tests.stack import PATIENT, wait_until

# Held against compose file and manifests instead (tests/infra/test_documents.py); tests install nothing.
NOT_RUN = ("docker-compose ", "kubectl ", "pip install ")
CHAOS = "python test_chaos.py"


@pytest.fixture
def stack(tmp_path: Path, mongod_binary: Path) -> Iterator[StackUnderTest]:
    """Ports and a state directory for the README's `up`, and time for each score."""
    under_test = StackUnderTest(tmp_path / "home")
    under_test.environment |= PATIENT
    yield under_test
    under_test.run("down", "--volumes")


def as_run(block: str, stack: StackUnderTest) -> str:
    """One block as this machine runs it: on our ports, with our Python, and two minutes of load cut to two seconds."""
    lines = [line for line in block.splitlines() if not line.startswith(NOT_RUN)]
    script = "\n".join(re.sub(rf"^{CHAOS}(?=\s*(#|$))", f"{CHAOS} --duration 2 --rate 20", line) for line in lines)
    url = f"http://{LOOPBACK}:{stack.gateway_port}"
    script = re.sub(rf"^{CHAOS}", f"{CHAOS} --url {url}", script, flags=re.MULTILINE)
    script = re.sub(r"^python ", f"'{sys.executable}' ", script, flags=re.MULTILINE)
    script = script.replace("./setup.sh ", f"'{sys.executable}' -m local ")
    return script.replace("http://localhost:8000", url).replace("curl ", "curl -sS --fail --noproxy '*' ")


def run(script: str, stack: StackUnderTest) -> str:
    """Standard output of a script that must succeed."""
    ended = subprocess.run(  # noqa: S603 (our own README)
        ["bash", "-euc", script],  # noqa: S607
        cwd=ROOT,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_WITHIN_S,
        check=False,
    )
    assert ended.returncode == 0, f"{script}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def agrees(shown: Any, told: Any) -> bool:
    """Whether a reply has all that the README shows of it; fractions differ from run to run."""
    match shown:
        case dict():
            return isinstance(told, dict) and all(key in told and agrees(shown[key], told[key]) for key in shown)
        case list():
            return isinstance(told, list) and len(shown) == len(told) and all(map(agrees, shown, told))
        case float():
            return isinstance(told, float)
        case _:
            return bool(shown == told)


def is_shown(shown: str, script: str, stack: StackUnderTest) -> bool:
    """Whether the last call of a script, made again, is answered as the README shows."""
    call = script[script.rindex("curl ") :]
    return agrees(json.loads(shown), json.loads(run(call, stack)))


def test_whoever_pastes_the_readme_sees_what_it_shows(stack: StackUnderTest) -> None:
    """Up, a score, an unscored verdict, its amendment, and load in which no request fails."""
    script, compared = "", 0

    for language, body in fenced(README):
        if language == "bash":
            script = as_run(body, stack)
            run(script, stack)
        elif language == "json":
            wait_until(partial(is_shown, body, script, stack))
            compared += 1

    assert compared == 3
