"""What the environment means to the stack of one machine."""

from pathlib import Path

import pytest

from local.commands import ROOT
from local.errors import LocalError
from local.home import SOCKET_PATH_BYTES_MAX, Home
from local.services import services
from local.settings import Settings
from local.supervision import write_config


def test_each_service_has_a_port_of_its_own_and_each_can_be_moved() -> None:
    """The ports of the README, unless the environment says otherwise."""
    usual = Settings.from_environment({})
    moved = Settings.from_environment({"GATEWAY_PORT": "9000", "BRAIN_SERVICE_PORT": "9001", "MONGODB_PORT": "9002"})

    assert (usual.gateway_port, usual.brain_port, usual.mongodb_port) == (8000, 50051, 27017)
    assert (moved.gateway_port, moved.brain_port, moved.mongodb_port) == (9000, 9001, 9002)


def test_a_home_by_another_name_is_the_same_home(tmp_path: Path) -> None:
    """Its socket and what a killed supervisord left behind are found by its path."""
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")

    homes = {Settings.from_environment({"SENTINEL_HOME": f"{tmp_path}/{name}"}).home for name in ("home", "link")}

    assert homes == {tmp_path.resolve() / "home"}


def test_a_home_that_cannot_be_one_is_said_in_a_line(tmp_path: Path) -> None:
    """With the variable that moves it."""
    (tmp_path / "file").touch()

    with (
        pytest.raises(LocalError, match=r"file .File exists.: set SENTINEL_HOME"),
        Home(tmp_path / "file").locked(lambda _line: None),
    ):
        pass


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80 ", "http", "٣"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    """The line says which variable to mend."""
    with pytest.raises(LocalError, match="GATEWAY_PORT"):
        Settings.from_environment({"GATEWAY_PORT": text})


def test_a_mongodb_of_ones_own_replaces_ours() -> None:
    """With MONGODB_URL there is no service `db`, and the services get that very URL."""
    environment = {"MONGODB_URL": "mongodb://u:p%40ss@db.example/"}

    settings = Settings.from_environment(environment)

    parts = services(settings, mongod_binary=None, data_dir=Path("data"))
    assert [service.name for service in parts] == ["brain", "gateway", "worker"]
    assert settings.service_environment(environment)["MONGODB_URL"] == environment["MONGODB_URL"]


def test_the_demo_is_on_unless_the_environment_turns_it_off() -> None:
    """`up` shows the README's 10 % of slow scorings; who sets a rate gets that one."""
    settings = Settings.from_environment({})

    usual = settings.service_environment({})
    off = settings.service_environment({"BRAIN_FAULT_LATENCY_RATE": "0"})

    assert (usual["BRAIN_FAULT_LATENCY_RATE"], usual["BRAIN_FAULT_LATENCY_S"]) == ("0.1", "2")
    assert off["BRAIN_FAULT_LATENCY_RATE"] == "0"


def test_faults_can_be_switched_unless_the_environment_says_otherwise() -> None:
    """`up` is for drills too; who forbids them to either service is heard."""
    settings = Settings.from_environment({})

    usual = settings.service_environment({})
    forbidden = settings.service_environment({"GATEWAY_FAULT_CONTROL": "false"})

    assert (usual["BRAIN_FAULT_CONTROL"], usual["GATEWAY_FAULT_CONTROL"]) == ("true", "true")
    assert (forbidden["BRAIN_FAULT_CONTROL"], forbidden["GATEWAY_FAULT_CONTROL"]) == ("true", "false")


def test_the_gateway_is_told_of_the_brain_of_this_stack() -> None:
    """A BRAIN_SERVICE_HOST left over from elsewhere must not lead the stack's gateway to another brain."""
    environment = {"BRAIN_SERVICE_HOST": "brain.example", "BRAIN_SERVICE_PORT": "9001"}

    told = Settings.from_environment(environment).service_environment(environment)

    assert (told["BRAIN_SERVICE_HOST"], told["BRAIN_SERVICE_PORT"]) == ("127.0.0.1", "9001")


def test_the_socket_leaves_a_long_checkout_path(tmp_path: Path) -> None:
    """A Unix socket's path is limited; the directory that replaces it is for its owner only."""
    near = Home(Path("/srv/sentinel/.sentinel"))
    far = Home(tmp_path / ("x" * 120))

    far.prepare()

    assert near.socket.parent == near.root
    assert len(str(far.socket)) <= SOCKET_PATH_BYTES_MAX
    assert far.socket.parent.stat().st_mode & 0o777 == 0o700
    far.socket.parent.rmdir()


def test_the_socket_never_goes_to_a_directory_that_others_may_enter(tmp_path: Path) -> None:
    """Somebody else on this machine could have made it first, and would then command our services."""
    far = Home(tmp_path / ("y" * 120))
    far.socket.parent.mkdir()
    far.socket.parent.chmod(0o755)

    with pytest.raises(LocalError, match="not private"):
        far.prepare()

    far.socket.parent.rmdir()


def test_later_commands_find_the_ports_of_the_stack_that_runs(tmp_path: Path) -> None:
    """`GATEWAY_PORT=9000 ./setup.sh up` and a plain `./setup.sh status` speak of the same gateway."""
    started = Settings(tmp_path, gateway_port=9000, worker_port=9002, brain_port=9001, mongodb_port=None)
    home = Home(tmp_path)

    home.remember(started)

    assert home.recall(Settings.from_environment({})) == started


def test_a_stack_of_a_version_with_fewer_services_is_found_where_it_listens(tmp_path: Path) -> None:
    """Its file names no port of the worker; the others are not forgotten for that."""
    (tmp_path / "stack.json").write_text('{"gateway_port": 9000, "brain_port": 9001, "mongodb_port": null}')

    recalled = Home(tmp_path).recall(Settings.from_environment({"GATEWAY_WORKER_PORT": "9002"}))

    assert recalled == Settings(tmp_path, gateway_port=9000, worker_port=9002, brain_port=9001, mongodb_port=None)


def test_no_secret_reaches_the_configuration_file(tmp_path: Path) -> None:
    """MONGODB_URL may hold a password: services inherit it, no file holds it."""
    environment = {"MONGODB_URL": "mongodb://u:hunter2@db.example/", "SENTINEL_HOME": str(tmp_path)}
    settings = Settings.from_environment(environment)
    home = Home(settings.home)

    write_config(home, services(settings, mongod_binary=None, data_dir=home.data))
    home.remember(settings)

    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 5  # with a script for each of the three services that are ours
    assert not any("hunter2" in text for text in written)


def test_no_path_of_a_person_stands_in_supervisors_configuration(tmp_path: Path) -> None:
    """It expands %(name)s there, and takes " #" and " ;" for comments; a directory may well be called 100% #1."""
    settings = Settings.from_environment({"SENTINEL_HOME": str(tmp_path / "100% #1")})
    home = Home(settings.home)
    home.root.mkdir()

    write_config(home, services(settings, mongod_binary=None, data_dir=home.data))

    assert "100%" not in home.config.read_text()
    assert str(ROOT) not in home.config.read_text()


def test_a_stop_of_the_local_stack_is_short() -> None:
    """Its journal stays on this machine; who wants a longer wait says so."""
    settings = Settings.from_environment({})

    assert settings.service_environment({})["GATEWAY_DRAIN_S"] == "8"
    assert settings.service_environment({"GATEWAY_DRAIN_S": "60"})["GATEWAY_DRAIN_S"] == "60"
