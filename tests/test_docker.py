"""The container files hang together: their text is checked, and the health check for real. No engine runs here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCKER = ROOT / "docker"
DOCKERFILES = sorted(DOCKER.glob("Dockerfile.*[!e]"))
OWN = {"web", "worker", "worker-general", "beat", "migrate"}


def compose(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = compose("compose.yml")["services"]
    return found


def instructions(dockerfile: Path, word: str) -> Iterator[list[str]]:
    text = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith(f"{word} "):
            yield line.split()[1:]


def test_every_part_of_the_system_is_a_service(services: dict[str, Any]) -> None:
    assert set(services) == OWN | {"postgres", "valkey"}


def test_every_name_that_a_service_uses_is_declared(services: dict[str, Any]) -> None:
    whole = compose("compose.yml")
    for name, service in services.items():
        assert set(service.get("secrets", [])) <= set(whole["secrets"]), name
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(whole["volumes"]), name
        assert set(service.get("depends_on", {})) <= set(services), name


def test_every_secret_that_compose_reads_is_written_by_the_script(tmp_path: Path) -> None:
    script = shutil.copy(DOCKER / "make-secrets.sh", tmp_path)
    subprocess.run(["sh", script], check=True)
    written = {f"secrets/{path.name}": path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(written) == {secret["file"] for secret in compose("compose.yml")["secrets"].values()}
    assert written["secrets/database_password"] in written["secrets/database_url"]
    subprocess.run(["sh", script], check=True)
    assert {f"secrets/{path.name}": path.read_text() for path in (tmp_path / "secrets").iterdir()} == written


def test_secrets_are_never_committed() -> None:
    ignored = subprocess.run(["git", "check-ignore", "docker/secrets/secret_key"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_servers_of_others_and_the_site_have_health_checks(services: dict[str, Any]) -> None:
    assert all("healthcheck" in services[name] for name in ("postgres", "valkey"))
    for dockerfile in DOCKERFILES:
        assert list(instructions(dockerfile, "HEALTHCHECK")), dockerfile.name


def test_own_containers_have_no_rights_of_root(services: dict[str, Any]) -> None:
    for name in OWN:
        assert services[name]["cap_drop"] == ["ALL"], name
    for dockerfile in DOCKERFILES:
        assert list(instructions(dockerfile, "USER"))[-1] == ["10001"], dockerfile.name


def test_workers_serve_every_queue_once_and_beat_is_single(services: dict[str, Any]) -> None:
    queues = [services[name]["environment"]["QUEUES"] for name in ("worker", "worker-general")]
    assert sorted(",".join(queues).split(",")) == ["cpu", "gpu", "io"]
    assert "deploy" not in services["beat"]


def test_gpu_file_gives_the_worker_an_nvidia_device_and_its_own_build(services: dict[str, Any]) -> None:
    override = compose("compose.gpu.yml")["services"]
    assert set(override) == {"worker"}
    device = override["worker"]["deploy"]["resources"]["reservations"]["devices"][0]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
    assert override["worker"]["build"]["args"]["DEVICE"] == "gpu"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_every_file_that_an_image_copies_is_there_and_not_ignored(dockerfile: Path) -> None:
    kept = dockerfile.with_name(f"{dockerfile.name}.dockerignore").read_text(encoding="utf-8").splitlines()
    for words in instructions(dockerfile, "COPY"):
        if words[0].startswith("--from"):
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == rule[1:] or source.startswith(f"{rule[1:]}/") for rule in kept if rule[0] == "!"), (
                source
            )


def test_worker_image_pins_the_torch_of_the_lock_file() -> None:
    pin = (ROOT / "requirements" / "torch.txt").read_text(encoding="utf-8").split()[0]
    assert f"torch=={pin.partition('==')[2]}" in (DOCKER / "Dockerfile.worker").read_text(encoding="utf-8")


class Site(BaseHTTPRequestHandler):
    """Answers as Django does: 400 to a host name that it does not know."""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Host"] == "lectern.example.org" and self.path == "/healthz" else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.mark.parametrize(("hosts", "code"), [("lectern.example.org,other.example.org", 0), ("stranger.example.org", 1)])
def test_health_check_asks_under_a_name_that_the_site_knows(hosts: str, code: int, tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        script = tmp_path / "healthcheck.py"
        text = (DOCKER / "healthcheck.py").read_text(encoding="utf-8")
        script.write_text(text.replace("8000", str(server.server_port)), encoding="utf-8")
        done = subprocess.run([sys.executable, script], env={**os.environ, "ALLOWED_HOSTS": hosts}, check=False)
        server.shutdown()
    assert done.returncode == code


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_linter_finds_nothing(dockerfile: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), dockerfile], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="the compose plugin of the docker client is not installed")
@pytest.mark.parametrize("files", [["compose.yml"], ["compose.yml", "compose.gpu.yml"]], ids=["cpu", "gpu"])
def test_compose_reads_its_files(files: list[str]) -> None:
    named = [word for name in files for word in ("-f", str(DOCKER / name))]
    environment = {**os.environ, "ALLOWED_HOSTS": "lectern.example.org"}
    done = subprocess.run(["docker", "compose", *named, "config", "--quiet"], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
