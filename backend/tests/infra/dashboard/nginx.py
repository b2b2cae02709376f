"""The dashboard's nginx without a container: Debian's binary, and the very files that go into the image."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.commands import ROOT
from local.ports import LOOPBACK, pick_free_port

POLICY = "default-src 'self'; script-src 'self' 'sha256-AAAA'"
PAGE = "<!DOCTYPE html><title>Overview</title>" + " " * 2_000
FILES = ROOT / "infra" / "docker" / "dashboard"
MIME_TYPES = "types { text/html html; text/css css; application/javascript js; text/plain txt; }"


@dataclass(frozen=True)
class Site:
    """What nginx is, and what it hands out."""

    binary: Path
    html: Path  # what is in /usr/share/sentinel: a folder that holds `dashboard`; and headers.conf


@dataclass(frozen=True)
class Nginx:
    """A running one. `log` is what it wrote to both of its outputs."""

    port: int
    log: Path

    def client(self) -> httpx.Client:
        """Follows no redirect by itself."""
        return httpx.Client(base_url=f"http://{LOOPBACK}:{self.port}", timeout=10, trust_env=False)

    def send(self, request: str) -> bytes:
        """The answer to these very bytes, which clients would tidy up."""
        with socket.create_connection((LOOPBACK, self.port), timeout=10) as connection:
            connection.sendall(request.encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))


def binary(folder: Path) -> Path:
    """
    The nginx on PATH, else one unpacked into this empty folder from Debian's package, which is not installed.

    Raises:
        FileNotFoundError: neither is to be had.
    """
    if found := shutil.which("nginx"):
        return Path(found)
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise FileNotFoundError("no nginx on PATH, and none to be had without apt-get and dpkg")
    steps = (["apt-get", "download", "-qq", "nginx"], ["bash", "-c", "dpkg -x nginx_*.deb ."])
    for step in steps:
        if subprocess.run(step, cwd=folder, capture_output=True, check=False, timeout=60).returncode != 0:  # noqa: S603
            raise FileNotFoundError("no nginx on PATH, and apt-get cannot download it (apt-get update?)")
    return folder / "usr" / "sbin" / "nginx"


@contextmanager
def running(
    site: Site, folder: Path, *, gateway_url: str, resolv_conf: str = "", dns_port: int = 53
) -> Iterator[Nginx]:
    """
    nginx as the image starts it, by start.sh, on a free port of 127.0.0.1.

    Args:
        folder: empty, for configuration and log.
        gateway_url: as in GATEWAY_URL.
        resolv_conf: the text that start.sh reads as /etc/resolv.conf.
        dns_port: where the name server of that text listens; in a container always 53.

    Raises:
        AssertionError: it did not start; with what it said.
    """
    port = pick_free_port()
    template, log = folder / "template", folder / "nginx.log"
    template.write_text(_template(folder, site.html, port=port, dns_port=dns_port))
    (folder / "resolv.conf").write_text(resolv_conf)
    (folder / "mime.types").write_text(MIME_TYPES)
    command = [FILES / "start.sh", template, folder / "nginx.conf", folder / "resolv.conf"]
    environment = {"PATH": f"{site.binary.parent}:{os.environ['PATH']}", "GATEWAY_URL": gateway_url}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603 (our own script)
    try:
        _wait_for(port, process, log)
        yield Nginx(port, log)
    finally:
        process.terminate()
        process.wait(10)


def render(folder: Path, *, gateway_url: str, resolv_conf: str) -> str:
    """
    The configuration that start.sh makes, without a start: in place of nginx stands a command that does nothing.

    Raises:
        AssertionError: it refused; with what it said.
    """
    (folder / "resolv.conf").write_text(resolv_conf)
    (folder / "nginx").write_text("#!/bin/sh\n")
    (folder / "nginx").chmod(0o755)
    command = [FILES / "start.sh", FILES / "nginx.conf.template", folder / "nginx.conf", folder / "resolv.conf"]
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "GATEWAY_URL": gateway_url}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return (folder / "nginx.conf").read_text()


def _template(folder: Path, html: Path, *, port: int, dns_port: int) -> str:
    """Of the image, with other places: nothing that decides about a request is changed."""
    text = (FILES / "nginx.conf.template").read_text()
    text = text.replace("/tmp/", f"{folder}/").replace("/etc/nginx/mime.types", f"{folder}/mime.types")  # noqa: S108
    text = text.replace("/usr/share/sentinel", str(html)).replace("/etc/sentinel/", f"{html}/")
    text = text.replace("listen 8080;${LISTEN_IPV6}", f"listen {LOOPBACK}:{port};")
    text = re.sub(r"resolver \$\{RESOLVERS\}", f"resolver ${{RESOLVERS}}:{dns_port}", text)
    return f"user root;\n{text}" if os.geteuid() == 0 else text


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_s = time.monotonic() + 10
    while time.monotonic() < give_up_s and process.poll() is None:
        try:
            if httpx.get(f"http://{LOOPBACK}:{port}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError(f"nginx did not start:\n{log.read_text()}")
