"""Counters that workers share: counted by each, told by any, and never in the way of a verdict."""

import errno
import os
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from gateway.circuit import CircuitState, Transition
from gateway.metrics import opening
from gateway.metrics import place as place_module
from gateway.metrics.families import Families
from gateway.metrics.opening import Metrics
from gateway.metrics.place import FILE_BYTES, Place, move_in
from gateway.metrics.requests import RequestCounter

OPENS = Transition(CircuitState.CLOSED, CircuitState.OPEN, 3, datetime(2026, 1, 1, tzinfo=UTC))
IS_TRIED = Transition(CircuitState.OPEN, CircuitState.HALF_OPEN, 3, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def values_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where counters keep their values is chosen once for a process; the next test chooses anew."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """In place of /dev/shm."""
    memory = tmp_path / "memory"
    memory.mkdir()
    return memory


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """What the workers of one gateway have in common."""
    return tmp_path / "journal"


def test_any_worker_tells_what_all_counted(journal: Path, memory: Path) -> None:
    """Each counts in a place of its own."""
    one, two = Families(move_in(journal, memory)), Families(move_in(journal, memory))

    for _ in range(3):
        one.request("POST", "/transaction", 200)
    two.request("POST", "/transaction", 200)

    counted = {("POST", "/transaction", "200"): 4.0}
    assert told(one, "sentinel_requests_total") == told(two, "sentinel_requests_total") == counted


def test_the_worst_circuit_of_the_workers_is_the_gateways(journal: Path, memory: Path) -> None:
    """One state is the present one, whoever is asked."""
    one, two = Families(move_in(journal, memory)), Families(move_in(journal, memory))
    assert told(one, "sentinel_circuit_state") == {("closed",): 1, ("open",): 0, ("half-open",): 0}

    one.circuit_changed(OPENS)
    assert told(two, "sentinel_circuit_state") == {("closed",): 0, ("open",): 1, ("half-open",): 0}

    one.circuit_changed(IS_TRIED)
    assert told(two, "sentinel_circuit_state") == {("closed",): 0, ("open",): 0, ("half-open",): 1}
    assert told(two, "sentinel_circuit_transitions_total") == {("closed",): 0, ("open",): 1, ("half-open",): 1}


def test_what_a_dead_worker_counted_stays_but_not_how_its_circuit_was(journal: Path, memory: Path) -> None:
    """And who takes its place goes on counting there."""
    place = move_in(journal, memory)
    dead, alive = Families(place), Families(move_in(journal, memory))
    dead.request("POST", "/transaction", 200)
    dead.circuit_changed(OPENS)

    kill(place)

    assert told(alive, "sentinel_requests_total") == {("POST", "/transaction", "200"): 1}
    assert told(alive, "sentinel_circuit_state")["closed",] == 1
    successor = Families(move_in(journal, memory))
    successor.request("POST", "/transaction", 200)
    assert told(alive, "sentinel_requests_total") == {("POST", "/transaction", "200"): 2}


def test_a_gateway_that_starts_again_counts_from_zero(journal: Path, memory: Path) -> None:
    """After a kill, too; nothing is left of what was."""
    place = move_in(journal, memory)
    Families(place).request("POST", "/transaction", 200)
    kill(place)

    again = Families(move_in(journal, memory))

    assert told(again, "sentinel_requests_total") == {}


def test_nothing_is_left_when_the_last_worker_ends(journal: Path, memory: Path) -> None:
    """While one still runs it can tell what the other counted."""
    one, two = move_in(journal, memory), move_in(journal, memory)
    families = Families(one)
    families.request("POST", "/transaction", 200)

    one.close()
    assert told(Families(two), "sentinel_requests_total") == {("POST", "/transaction", "200"): 1}

    two.close()
    assert [path.name for path in memory.rglob("*") if path.is_file()] == ["lock"]


def test_gateways_of_one_machine_share_nothing_and_clear_up_after_each_other(memory: Path, tmp_path: Path) -> None:
    """One that was killed and never came back leaves no files for ever."""
    killed, other = move_in(tmp_path / "a", memory), move_in(tmp_path / "b", memory)
    assert killed.directory != other.directory
    kill(killed)

    move_in(tmp_path / "c", memory)

    assert not killed.directory.exists()
    assert other.directory.exists()


def test_a_hundred_workers_that_died_in_turn_leave_the_files_of_one(journal: Path, memory: Path) -> None:
    """A crash loop fills no memory."""
    place = move_in(journal, memory)
    for _ in range(100):
        kill(move_in(journal, memory))

    assert len(list(place.directory.glob("*.db"))) == 2 * len(FILE_BYTES)


def test_all_that_can_be_counted_fits_into_what_was_allocated(journal: Path, memory: Path) -> None:
    """A file that grew would be allocated only when it is touched: in a full memory that ends the process."""
    place = move_in(journal, memory)
    families = Families(place)
    for n in range(2000):
        families.request(f"METHOD{n}", f"/some/rather/long/route/{{with}}/several/{{parameters}}/{n}", 200 + n % 100)

    sizes = {path.name: path.stat().st_size for path in place.directory.glob("*.db")}
    used = {path.name: int.from_bytes(path.read_bytes()[:4], "little") for path in place.directory.glob("*.db")}

    assert sizes == {f"{kind}_0.db": size for kind, size in FILE_BYTES.items()}
    assert all(used[name] < size for name, size in sizes.items())


def test_allocated_memory_is_there(journal: Path, memory: Path) -> None:
    """Not only promised, as a file with holes would be."""
    place = move_in(journal, memory)

    assert all(path.stat().st_blocks * 512 >= path.stat().st_size for path in place.directory.glob("*.db"))


def test_many_routes_and_methods_are_counted_together(journal: Path, memory: Path) -> None:
    """Callers choose what they ask for: they must not fill Prometheus."""
    families = Families(move_in(journal, memory))
    families.request("BREW", None, 404)
    for n in range(1000):
        families.request("GET", f"/{n}", 200)

    found = told(families, "sentinel_requests_total")

    assert found["other", "other", "404"] == 1
    assert len(found) < 350
    assert sum(found.values()) == 1001


def test_a_full_memory_stops_no_gateway(journal: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker then tells its own, and the log says so once."""

    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    monkeypatch.setattr(place_module, "SHARED_MEMORY", memory)

    with capture_logs() as logs:
        metrics = Metrics.open(journal)
    metrics.families.request("POST", "/transaction", 200)

    assert [log["event"] for log in logs] == ["metrics.not_shared"]
    assert "MB free" in logs[0]["advice"]
    assert told(metrics.families, "sentinel_requests_total") == {("POST", "/transaction", "200"): 1}
    assert told(metrics.families, "sentinel_circuit_state")["closed",] == 1
    assert not list(memory.rglob("*.db"))
    metrics.close()


def test_a_worker_that_finds_the_door_held_tries_again(
    journal: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many that start at once on a busy machine: one of them waits longer than a second, and shares all the same."""
    monkeypatch.setattr(place_module, "SHARED_MEMORY", memory)
    door = HeldDoor(times=1)
    monkeypatch.setattr(opening, "move_in", door.move_in)

    with capture_logs() as logs:
        metrics = Metrics.open(journal)

    assert logs == []
    assert list(memory.rglob("counter_0.db"))
    metrics.close()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (BlockingIOError(errno.EAGAIN, "held"), "start it again"),
        (PermissionError("sentinel-1 is not this user's alone"), "remove it"),
        (OSError(errno.ENOSPC, "full"), "MB free"),
    ],
)
def test_what_is_advised_fits_what_went_wrong(
    journal: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, advice: str
) -> None:
    """More shared memory helps nobody whose name in it somebody else took."""

    def fail(_: Path) -> Place:
        raise error

    monkeypatch.setattr(opening, "move_in", fail)

    with capture_logs() as logs:
        Metrics.open(journal).close()

    assert [log["event"] for log in logs] == ["metrics.not_shared"]
    assert advice in logs[0]["advice"]


def test_a_gateway_whose_files_are_taken_away_tells_its_own(journal: Path, memory: Path) -> None:
    """As systemd does for a user who logs out: what is mapped stays, and a scrape does not fail."""
    place = move_in(journal, memory)
    families = Families(place)
    families.request("POST", "/transaction", 200)

    shutil.rmtree(place.directory)
    families.request("POST", "/transaction", 200)

    assert told(families, "sentinel_requests_total") == {("POST", "/transaction", "200"): 2}
    assert told(families, "sentinel_circuit_state")["closed",] == 1


def test_a_worker_whose_files_are_gone_does_not_take_a_newcomers_for_its_own(journal: Path, memory: Path) -> None:
    """They have the same names, and what it counted is not in them."""
    place = move_in(journal, memory)
    families = Families(place)
    families.request("POST", "/transaction", 200)
    shutil.rmtree(place.directory)

    newcomer = move_in(journal, memory)

    assert (newcomer.directory, newcomer.number) == (place.directory, place.number)
    assert told(families, "sentinel_requests_total") == {("POST", "/transaction", "200"): 1}


@pytest.mark.parametrize("squat", ["open to all", "a link", "a file"])
def test_a_name_that_is_not_ours_alone_is_not_used(journal: Path, memory: Path, tmp_path: Path, squat: str) -> None:
    """Anybody may write to shared memory, and come first."""
    house = memory / f"sentinel-{os.getuid()}"
    if squat == "open to all":
        house.mkdir()
        house.chmod(0o777)
    elif squat == "a link":
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        house.symlink_to(elsewhere)
    else:
        house.write_text("")

    with pytest.raises(OSError, match="sentinel-"):
        move_in(journal, memory)

    assert not list((tmp_path / "elsewhere").glob("*"))


def test_what_is_shared_is_for_this_user_alone(journal: Path, memory: Path) -> None:
    """Another one could write counts that we would tell, or what we cannot read."""
    place = move_in(journal, memory)

    assert stat.S_IMODE(place.directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.directory.parent.stat().st_mode) == 0o700


async def test_a_crash_is_counted_as_the_500_that_it_becomes(journal: Path, memory: Path) -> None:
    """And goes on to whoever answers it."""
    counted: list[tuple[str, str | None, int]] = []

    async def crash(*_: object) -> None:
        raise ZeroDivisionError

    async def nothing(*_: object) -> None:  # pragma: no cover (nobody sends or receives)
        raise AssertionError

    middleware = RequestCounter(crash, lambda _app: lambda *request: counted.append(request))
    with pytest.raises(ZeroDivisionError):
        await middleware({"type": "http", "method": "GET", "app": None}, nothing, nothing)  # type: ignore[arg-type]

    assert counted == [("GET", None, 500)]


class HeldDoor:
    """As `move_in`, but the first `times` somebody else is at it for too long."""

    def __init__(self, *, times: int) -> None:
        self._times = times

    def move_in(self, journal_dir: Path) -> Place:
        """One attempt."""
        self._times -= 1
        if self._times >= 0:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return move_in(journal_dir, place_module.SHARED_MEMORY)


def kill(place: Place) -> None:
    """What the kernel does for a process that ends in any way."""
    os.close(place._lock)


def told(families: Families, name: str) -> dict[tuple[str, ...], float]:
    """What a scrape says of one series, by its labels' values; its text must be Prometheus' own."""
    registry = CollectorRegistry()
    registry.register(families.collector())
    text = generate_latest(registry).decode()
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }
