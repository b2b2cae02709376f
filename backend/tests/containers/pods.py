"""
The pods of infra/k8s, played by podman: the templates as they are applied, with stand-ins for what only a cluster has.

Services become host aliases, Secrets and claims are made here, and the ledger's set has one member instead of three.
podman (4.3) needs a few things said otherwise: see `_adapt`.
"""

import base64
import copy
import json
import os
import secrets
import subprocess
from functools import partial
from typing import Any

import yaml

from tests.containers import engine
from tests.containers.confinement import Execute
from tests.infra.k8s_manifests import Manifest, find, read_base

IMAGES = ("sentinel-brain:0.2.0", "sentinel-gateway:0.2.0", "sentinel-dashboard:0.2.0", "mongo:7.0")
MEMBER = "sentinel-db-0.sentinel-db:27017"
# pod -> (workload, its last byte of the address, the names by which others know it)
PODS = {
    "db": (("StatefulSet", "sentinel-db"), 10, ["sentinel-db-0.sentinel-db"]),
    "brain": (("Deployment", "sentinel-brain"), 11, ["sentinel-brain"]),
    "gateway": (("Deployment", "sentinel-gateway"), 12, ["sentinel-gateway"]),
    "dashboard": (("Deployment", "sentinel-dashboard"), 13, ["sentinel-dashboard"]),
}


class Pods:
    """One run: a network, secrets and four pods of its own. `close` removes them all."""

    def __init__(self) -> None:
        """Makes the network only. Raises EngineError when podman cannot."""
        self.run = f"sentinel-test-{secrets.token_hex(3)}"
        self._manifests = read_base()
        engine.run(["podman", "network", "create", self.run])
        network = json.loads(engine.run(["podman", "network", "inspect", self.run]))[0]
        self._subnet = str(network["subnets"][0]["subnet"]).rsplit(".", 1)[0]
        self._secrets: list[str] = []
        self._volumes: list[str] = []

    def play(self) -> None:
        """Start all four, the ledger first. Raises EngineError when podman refuses one."""
        passwords = {user: secrets.token_hex(16) for user in ("root", "gateway", "brain")}
        credentials = {f"{user}-password": password for user, password in passwords.items()}
        credentials["keyfile"] = base64.b64encode(os.urandom(756)).decode()
        for service in ("gateway", "brain"):
            url = f"mongodb://sentinel-{service}:{passwords[service]}@{MEMBER}/?replicaSet=rs0&authSource=admin"
            self._make_secret(f"sentinel-{service}-db", {"url": url})
        scripts = copy.deepcopy(find(self._manifests, "ConfigMap", "sentinel-db-scripts")) or {}
        scripts["metadata"]["name"] = self._own("sentinel-db-scripts")
        stored = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": self._own("sentinel-db")},
            "data": credentials,
        }
        for name in PODS:
            documents = [scripts, stored] if name == "db" else []
            self._play(name, [*documents, self.pod(name)])

    def template(self, name: str) -> Manifest:
        """The pod template of the manifests, untouched."""
        (kind, workload), _, _ = PODS[name]
        found = find(self._manifests, kind, workload)
        assert found is not None, f"no {kind} {workload} in the manifests"
        template: Manifest = found["spec"]["template"]
        return template

    def pod(self, name: str) -> Manifest:
        """The pod as it is played."""
        template = copy.deepcopy(self.template(name))
        spec = template["spec"]
        spec["hostAliases"] = [
            {"ip": self.address(other), "hostnames": names} for other, (_, _, names) in PODS.items() if other != name
        ]
        if name == "db":
            claim = {"claimName": self._own("data")}
            spec["volumes"].append({"name": self._own("data"), "persistentVolumeClaim": claim})
            self._volumes.append(claim["claimName"])
            spec["hostAliases"].append({"ip": self.address(name), "hostnames": PODS[name][2]})
        self._adapt(spec)
        # a once-only init container is removed while podman still sees it run
        annotations = {"io.podman.annotations.init.container.type": "always"}
        metadata = {
            "name": self._own(f"{name}-0"),
            "labels": template["metadata"]["labels"],
            "annotations": annotations,
        }
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def address(self, name: str) -> str:
        """The IP address of a pod."""
        return f"{self._subnet}.{PODS[name][1]}"

    def executor(self, name: str, container: str) -> Execute:
        """Runs commands inside one container of a pod."""
        return partial(_execute, f"{self._own(f'{name}-0')}-{container}")

    def logs(self) -> str:
        """The last lines of every container."""
        names = [
            f"{self._own(f'{name}-0')}-{container['name']}"
            for name in PODS
            for container in self.template(name)["spec"]["containers"]
        ]
        command = 'for name in {}; do echo "== $name"; podman logs --tail 15 $name 2>&1; done'.format(" ".join(names))
        return engine.run(["bash", "-c", command])

    def close(self) -> None:
        """Remove everything that this run made, also after half a start."""
        pods = [self._own(f"{name}-0") for name in PODS]
        kinds = {"pod": pods, "secret": self._secrets, "volume": self._volumes}
        for kind, names in kinds.items():
            force = [] if kind == "secret" else ["--force"]
            for name in names:
                subprocess.run(["podman", kind, "rm", *force, name], capture_output=True, check=False)  # noqa: S603, S607
        engine.run(["podman", "network", "rm", "--force", self.run])

    def _adapt(self, spec: Manifest) -> None:
        """
        What podman 4.3 needs said otherwise. Nothing of this touches users, rights or commands.

        It shares volumes of one name between pods; panics on Secret volumes; publishes every containerPort on all
        addresses; and runs liveness probes with whatever is in the image, so the tests call each probe themselves.
        Its host aliases are no DNS, which is all that nginx asks: the dashboard gets the gateway's address.
        """
        for volume in spec["volumes"]:
            if volume.pop("secret", None):
                volume["configMap"] = {"name": self._own("sentinel-db")}
            elif "configMap" in volume:
                volume["configMap"] = {"name": self._own(volume["configMap"]["name"])}
            volume["name"] = volume["name"] if volume["name"].startswith(self.run) else self._own(volume["name"])
            self._volumes.append(volume["name"])
        self._volumes += [self._own("sentinel-db"), self._own("sentinel-db-scripts")]
        for container in [*spec["containers"], *spec.get("initContainers", [])]:
            container.pop("ports", None)
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                container.pop(probe, None)
            for mount in container.get("volumeMounts", []):
                mount["name"] = self._own(mount["name"])
            for variable in container.get("env", []):
                if variable["name"] == "MEMBERS":
                    variable["value"] = MEMBER
                if variable["name"] == "GATEWAY_URL":
                    variable["value"] = f"http://{self.address('gateway')}:8000"
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    reference["name"] = self._own(reference["name"])

    def _make_secret(self, name: str, content: dict[str, str]) -> None:
        """As podman reads secrets of a pod: a JSON object of encoded values; over standard input, never a file."""
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in content.items()}
        engine.run(["podman", "secret", "create", self._own(name), "-"], stdin=json.dumps(encoded))
        self._secrets.append(self._own(name))

    def _play(self, name: str, documents: list[Any]) -> None:
        command = ["podman", "kube", "play", "--network", self.run, "--ip", self.address(name), "-"]
        engine.run(command, stdin=yaml.safe_dump_all(documents), within_s=120.0)

    def _own(self, name: str) -> str:
        return f"{self.run}-{name}"


def load_images() -> None:
    """Hand the engine's images to podman, which keeps its own."""
    engine.run(["bash", "-c", f"set -o pipefail; docker save {' '.join(IMAGES)} | podman load --quiet"])


def _execute(container: str, *command: str) -> str:
    return engine.run(["podman", "exec", container, *command])
