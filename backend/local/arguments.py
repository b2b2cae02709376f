"""Parses what is typed after `./setup.sh`."""

import argparse

from local.services import NAMES


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """
    Parse the command and its options; a wrong one ends the process with status 2 and the usage.

    Returns:
        `command`, and with it `detach` (up), `volumes` (down), `services` (start, stop, restart, logs)
        and `follow` (logs).
    """
    parser = argparse.ArgumentParser(prog="./setup.sh")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="find or install a mongod")
    up = commands.add_parser("up", help="start the stack; in the foreground Ctrl-C stops it")
    up.add_argument("-d", "--detach", action="store_true", help="return when it is up, and the dashboard built")
    down = commands.add_parser("down", help="stop the stack")
    down.add_argument("-v", "--volumes", action="store_true", help="delete its data and logs as well")
    commands.add_parser("status", help="what runs, and whether it is ready")
    for name in ("start", "stop", "restart", "logs"):
        command = commands.add_parser(name, help=f"{name} of all services, or of those named")
        command.add_argument("services", nargs="*", type=_service, metavar="|".join(NAMES))
        if name == "logs":
            command.add_argument("-f", "--follow", action="store_true", help="go on as lines are added")
    return parser.parse_args(arguments)


def _service(name: str) -> str:
    # argparse's own `choices` would refuse an empty list together with nargs="*"
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"no service is called {name!r}: choose from {', '.join(NAMES)}")
    return name
