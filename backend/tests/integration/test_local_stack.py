"""The stack of one machine, as `./setup.sh` runs it: real supervisor, mongod, brain, gateway and worker."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from local.ports import LOOPBACK
from local.services import services
from local.settings import Settings
from local.supervision import launch, write_config
from tests.local_stack import COMMAND_WITHIN_S, StackUnderTest
from tests.proxies import ALL_AT_ONCE
from tests.webhooks import SECRET


@pytest.fixture
def stack(tmp_path: Path, mongod_binary: Path) -> Iterator[StackUnderTest]:
    """A stack that is not up; whatever the test starts is gone after it."""
    under_test = StackUnderTest(tmp_path / "home")
    yield under_test
    under_test.run("down", "--volumes")
    assert under_test.ports_are_free()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, mongod_binary: Path) -> Iterator[StackUnderTest]:
    """
    A stack that is up, shared by tests that leave all of it running.

    In an environment whose proxies lead nowhere: nothing of ours on one machine may take them, and a webhook that
    cannot be sent keeps nothing from starting. The long form, one by one, is `./setup.sh drill proxies`.
    """
    under_test = StackUnderTest(tmp_path_factory.mktemp("stack") / "home")
    webhook = {"GATEWAY_WEBHOOK_URL": "https://192.0.2.1/", "GATEWAY_WEBHOOK_SECRET": SECRET}
    under_test.environment |= ALL_AT_ONCE | webhook
    up = under_test.run("up", "--detach")
    assert up.returncode == 0, up.stdout
    under_test.said = up.stdout
    yield under_test
    under_test.run("down", "--volumes")


def eventually(happens: Callable[[], bool], *, within_s: float = 15.0) -> bool:
    """Whether it happens in time."""
    give_up_s = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > give_up_s:
            return False
        time.sleep(0.1)
    return True


def test_a_stack_that_is_up_gives_a_scored_verdict(running: StackUnderTest) -> None:
    """`up --detach` returns when the first transaction can be scored, not before."""
    response = running.post()

    assert response.status_code == 200
    assert response.json()["scored"] is True
    assert running.run("status").returncode == 0


def test_faults_of_a_stack_that_is_up_can_be_switched_and_it_says_so(running: StackUnderTest) -> None:
    """As the services were started, without a setting of one's own."""
    faults = f"http://{LOOPBACK}:{running.gateway_port}/faults"
    before = httpx.get(faults, headers=running.headers, timeout=5, trust_env=False).json()

    off = httpx.put(faults, json={}, headers=running.headers, timeout=5, trust_env=False)
    demo = httpx.put(faults, json={"latency_rate": 0.1}, headers=running.headers, timeout=5, trust_env=False)

    assert "PUT /faults" in running.said
    assert (before["is_enabled"], before["brains"][0]["is_allowed"]) == (True, True)
    assert [brain["faults"]["latency_rate"] for brain in off.json()["brains"]] == [0.0]
    assert demo.json() == before


def test_up_says_where_the_dashboard_is_and_means_it(running: StackUnderTest) -> None:
    """Its address comes last of all: a build may have to be waited for, and then what is up is known already."""
    page = httpx.get(f"http://{LOOPBACK}:{running.gateway_port}/dashboard/", timeout=5, trust_env=False)

    addresses = running.said.partition("Sentinel is up\n")[2].splitlines()
    assert page.text == "<title>Overview</title>"
    assert addresses[0] == f"  REST API   http://localhost:{running.gateway_port}"
    assert addresses[-1] == f"  dashboard  http://localhost:{running.gateway_port}/dashboard/"


def test_a_second_up_finds_it_running_and_is_content(running: StackUnderTest) -> None:
    """Neither a second brain nor an error: one line, and exit status 0."""
    pid = running.pid_of("brain")

    again = running.run("up")

    assert again.returncode == 0
    assert "already up" in again.stdout
    assert running.pid_of("brain") == pid


def test_a_stopped_brain_stays_stopped_until_it_is_started(running: StackUnderTest) -> None:
    """`stop brain` is the README's chaos line: verdicts go on blind, and `start brain` brings scores back."""
    stopped = running.run("stop", "brain")

    blind = running.post()
    time.sleep(2)  # longer than supervisor takes to restart what crashed
    status = running.run("status")
    started = running.run("start", "brain")

    assert (stopped.returncode, started.returncode) == (0, 0), stopped.stdout + started.stdout
    assert blind.status_code == 200
    assert blind.json()["scored"] is False
    assert status.returncode == 3
    assert "stopped" in status.stdout
    assert running.run("status").returncode == 0


def test_a_killed_service_comes_back_by_itself(running: StackUnderTest) -> None:
    """A crash is not a stop."""
    pid = running.pid_of("gateway")

    os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: running.pid_of("gateway") not in {0, pid})
    assert eventually(lambda: running.run("status").returncode == 0)


def test_logs_are_shown_for_one_service_and_for_all(running: StackUnderTest) -> None:
    """With several services each line says whose it is."""
    one = running.run("logs", "brain")
    every = running.run("logs")

    assert one.returncode == every.returncode == 0
    assert one.stdout.strip()
    assert {line.split("|")[0].strip() for line in every.stdout.splitlines()} == {"db", "brain", "gateway", "worker"}


def test_data_survives_down_and_goes_with_volumes(stack: StackUnderTest) -> None:
    """`down` keeps the ledger, `down --volumes` is how to begin anew; the ports are free after either."""
    up = stack.run("up", "--detach")
    posted = stack.post().json()
    address = f"http://{LOOPBACK}:{stack.gateway_port}/transactions/{posted['transaction_id']}"

    down = stack.run("down")
    free = stack.ports_are_free()
    stack.run("up", "--detach")
    kept = httpx.get(address, headers=stack.headers, timeout=5, trust_env=False)
    stack.run("down", "--volumes")

    assert (up.returncode, down.returncode, free) == (0, 0, True), up.stdout + down.stdout
    assert kept.status_code == 200
    assert not stack.home.data.exists()


def test_a_busy_port_is_one_line_that_names_the_variable(stack: StackUnderTest) -> None:
    """Nothing is started, and the person knows what to set."""
    with socket.create_server((LOOPBACK, stack.brain_port)):
        up = stack.run("up", "--detach")

    assert up.returncode == 1
    assert f"port {stack.brain_port} for brain is taken" in up.stdout.splitlines()[-1]
    assert "BRAIN_SERVICE_PORT" in up.stdout.splitlines()[-1]
    assert stack.ports_are_free()


def test_a_service_that_does_not_come_up_shows_its_log_and_leaves_nothing_running(
    stack: StackUnderTest,
) -> None:
    """The reason is on the screen, and the next `up` does not stumble over a half-started stack."""
    stack.environment["GATEWAY_LOG_LEVLE"] = "INFO"

    up = stack.run("up", "--detach")

    assert up.returncode == 1
    assert "GATEWAY_LOG_LEVLE" in up.stdout
    assert "gateway did not come up" in up.stdout
    assert stack.ports_are_free()


def test_two_ups_at_once_make_one_stack_and_ctrl_c_ends_it(stack: StackUnderTest) -> None:
    """The second waits for the first and finds it up; the terminal of the first owns it."""
    first = stack.open("up")
    assert eventually(stack.home.config.exists)

    second = stack.run("up")
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=COMMAND_WITHIN_S)

    assert second.returncode == 0
    assert "already up" in second.stdout
    assert first.returncode == 0, said
    assert "Sentinel is down" in said.splitlines()[-1]
    assert stack.ports_are_free()


def test_a_terminal_that_closes_takes_its_stack_along(stack: StackUnderTest) -> None:
    """Nobody is left to read "stopped": it is stopped all the same, and nothing stays behind unseen."""
    up = stack.open("up")
    assert up.stdout is not None
    assert any("Ctrl-C" in line for line in up.stdout)

    up.stdout.close()
    up.send_signal(signal.SIGHUP)
    status = up.wait(COMMAND_WITHIN_S)

    assert status == 0
    assert stack.ports_are_free()


def test_a_stack_that_an_older_version_started_can_be_ended_and_says_what_to_do(stack: StackUnderTest) -> None:
    """Its supervisord knows no worker: what needs one asks for `down`, which works, and nothing is stopped before."""
    settings = Settings.from_environment(stack.environment)
    known = [each for each in services(settings, mongod_binary=None, data_dir=stack.home.data) if each.name != "worker"]
    stack.home.prepare()
    write_config(stack.home, known)
    stack.home.remember(settings)
    launch(stack.home, stack.environment)

    refused = [stack.run(*command) for command in (("up", "--detach"), ("start", "worker"), ("restart",))]
    stopped, down = stack.run("stop", "worker"), stack.run("down")

    assert [(each.returncode, "./setup.sh down, then up" in each.stdout) for each in refused] == [(1, True)] * 3
    assert (stopped.returncode, "it is not running" in stopped.stdout) == (0, True)
    assert (down.returncode, "Sentinel is down" in down.stdout) == (0, True)
    assert not stack.home.pidfile.exists()
