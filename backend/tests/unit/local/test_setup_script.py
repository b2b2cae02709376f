"""The scripts find their checkout and a Python, whatever the shell that they are called from has set."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.commands import BACKEND, ROOT

ODD = "a b%s #c ;d 'e' \"f\" $g `h` ünï"
TOOLS = (
    "bash", "cat", "cksum", "cmp", "cp", "dirname", "env", "flock", "grep", "mkdir", "mktemp", "mv", "readlink", "rm",
    "sort",
)  # fmt: skip
# A Python that says where it was started, with what, and which settings of pip it found.
PYTHON = """\
#!/bin/sh
case "$*" in
  -VV) echo "Python 3.11.7" ;;
  -V) echo "${0##*/}" ;;
  "-c import grpc_tools") exit ${NO_GRPC_TOOLS:-0} ;;
  "-c import mypy_protobuf") exit ${NO_MYPY_PROTOBUF:-0} ;;
  "-m venv"*)
    if [ -n "$NO_SPACE" ]; then echo "No space left on device" >&2; exit 1; fi
    mkdir -p .venv/bin; cat "$0" >.venv/bin/python; chmod +x .venv/bin/python ;;
  "-m pip install"*) echo "pip in $PWD, PIP_USER=$PIP_USER, PIP_TARGET=$PIP_TARGET" ;;
  -c*|*"-m pip --version") ;;
  *) echo "$PWD: $*" ;;
esac
"""


class Checkout:
    """The scripts of a checkout, a PATH with few tools, and Pythons that only talk."""

    def __init__(self, directory: Path) -> None:
        self.root, self.bin = directory / "checkout", directory / "bin"
        self.root.mkdir(parents=True)
        self.bin.mkdir()
        for name in ("setup.sh", "compile_protos.sh", "requirements-test.txt"):
            shutil.copy(ROOT / name, self.root)
        (self.root / "backend" / "brain").mkdir(parents=True)
        (self.root / "backend" / "commands").mkdir()
        shutil.copy(ROOT / "backend" / "commands" / "sentinel.sh", self.root / "backend" / "commands")
        (self.root / "backend" / "constraints.txt").touch()
        (self.root / "backend" / "brain" / "requirements.txt").touch()
        for tool in (*TOOLS, "chmod"):
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)

    def add_python(self, path: Path) -> None:
        """One that talks."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PYTHON)
        path.chmod(0o755)

    def run(
        self, *command: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None, status: int = 0
    ) -> str:
        """What it says, on either stream; it must end with this status."""
        done = subprocess.run(  # noqa: S603 (our own scripts)
            command,
            cwd=cwd or self.root,
            env={"PATH": str(self.bin), **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Whose environment is not made yet."""
    return Checkout(tmp_path)


def test_a_link_to_it_is_the_same_checkout(checkout: Checkout, tmp_path: Path) -> None:
    """No second environment beside the link."""
    checkout.add_python(checkout.bin / "python3.11")
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "sentinel"
    link.symlink_to(checkout.root / "setup.sh")

    said = checkout.run(str(link), "status", cwd=tmp_path / "elsewhere")

    assert said.splitlines()[-1] == f"{checkout.root}: -m local status"
    assert not (tmp_path / "elsewhere" / ".venv").exists()


def test_cdpath_leads_nowhere_else(checkout: Checkout, tmp_path: Path) -> None:
    """Also where another directory of that name is on it; and nothing is printed of the way."""
    checkout.add_python(checkout.bin / "python3.11")
    (tmp_path / "other" / "checkout").mkdir(parents=True)

    said = checkout.run(
        "checkout/setup.sh", "status", cwd=tmp_path, environment={"CDPATH": str(tmp_path / "other")}
    )  # fmt: skip

    assert said.splitlines()[0].startswith("making the Python environment")
    assert said.splitlines()[-1] == f"{checkout.root}: -m local status"


@pytest.mark.parametrize("script", ["setup.sh", "compile_protos.sh"])
def test_a_plain_sh_gives_way_to_bash(checkout: Checkout, script: str) -> None:
    """`sh setup.sh` is what people type where a file came without its permission to run."""
    checkout.add_python(checkout.bin / "python3")

    said = checkout.run("/bin/sh", script, *(["status"] if script == "setup.sh" else []))

    assert "Illegal option" not in said


def test_why_no_environment_was_made_is_said(checkout: Checkout) -> None:
    """In Python's own words: a full disk is no missing package."""
    checkout.add_python(checkout.bin / "python3")

    said = checkout.run("./setup.sh", "status", environment={"NO_SPACE": "1"}, status=1)

    assert said.splitlines()[-2:] == [
        "No space left on device",
        "setup.sh: python3 could not make the environment in .venv: see its message above",
    ]


@pytest.mark.parametrize("name", ["python3.14", "python3.20", "python3"])
def test_a_python_of_any_newer_version_will_do(checkout: Checkout, name: str) -> None:
    """Where it is the only one on PATH."""
    checkout.add_python(checkout.bin / name)

    said = checkout.run("./setup.sh", "status")

    assert said.splitlines()[0] == f"making the Python environment in .venv with {name}"


def test_a_persons_pip_settings_install_nothing_elsewhere(checkout: Checkout) -> None:
    """PIP_USER=1 refuses inside an environment; a target or a prefix would leave it empty."""
    checkout.add_python(checkout.bin / "python3.11")

    said = checkout.run("./setup.sh", "status", environment={"PIP_USER": "1", "PIP_TARGET": "/elsewhere"})

    assert f"pip in {checkout.root}, PIP_USER=0, PIP_TARGET=\n" in said


def test_commands_run_from_any_directory_and_through_a_link(checkout: Checkout, tmp_path: Path) -> None:
    """Whatever stands in the path; what is in the directory where somebody stands is never imported."""
    checkout.root = checkout.root.rename(tmp_path / "a 'checkout' $1 %, é")
    checkout.add_python(checkout.bin / "python3.11")
    checkout.run("./setup.sh", "status")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "sentinel").symlink_to(checkout.root / ".venv" / "bin" / "sentinel")

    direct = checkout.run(str(checkout.root / ".venv" / "bin" / "sentinel"), "ledger", "verify", cwd=elsewhere)
    linked = checkout.run("./sentinel", "ledger", "verify", cwd=elsewhere, environment={"CDPATH": str(tmp_path)})

    assert direct == linked == f"{elsewhere}: -P -m commands ledger verify\n"


def test_the_fast_tests_build_no_pages_and_open_no_browser(checkout: Checkout) -> None:
    """They ask for unit and contract tests, and for none that is slow."""
    checkout.add_python(checkout.bin / "python3.11")
    (checkout.root / "compile_protos.sh").write_text("#!/bin/sh\n")

    said = checkout.run("./setup.sh", "test", "--fast", "-k", "circuit")

    asked = [line.removeprefix(f"{checkout.root}: -m ") for line in said.splitlines()]
    assert asked[-1].startswith("local.checks backend/tests/unit backend/tests/contract -m not slow ")
    assert asked[-1].endswith("-k circuit")
    assert "local.dashboard" not in asked
    assert "browser" not in said


def test_stubs_need_grpcio_tools_only(checkout: Checkout) -> None:
    """As the user's document says: the typed ones are for those who check types."""
    checkout.add_python(checkout.bin / "python3")

    plain = checkout.run("./compile_protos.sh", environment={"NO_MYPY_PROTOBUF": "1"})
    typed = checkout.run("./compile_protos.sh")

    assert "--mypy_out" not in plain
    assert "wrote fraud_pb2.py fraud_pb2_grpc.py to" in plain
    assert "--mypy_out" in typed
    assert "fraud_pb2.pyi" in typed


def test_typed_stubs_need_no_script_that_pip_wrote(tmp_path: Path) -> None:
    """The first line of such a script names the environment's Python: with a " or a $ in its path nothing starts it."""
    checkout = Checkout(tmp_path / ODD)
    shutil.copytree(BACKEND / "protos", checkout.root / "backend" / "protos")
    python = checkout.root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)

    said = checkout.run("./compile_protos.sh", "--check")

    assert said == "compile_protos: the stubs match fraud.proto\n"


def test_a_colon_in_the_path_is_refused_in_one_line(checkout: Checkout) -> None:
    """It separates the places in PATH and PYTHONPATH, and no environment can be made there."""
    checkout.add_python(checkout.bin / "python3.11")
    checkout.root = checkout.root.rename(checkout.root.with_name("a:b"))

    said = checkout.run("./setup.sh", "up", status=1)

    assert said.startswith("setup.sh: ")
    assert "a:b" in said
    assert len(said.splitlines()) == 1
