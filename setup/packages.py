"""Installs the pinned Python packages into `.venv`, every file checked by hash."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from setup.console import SetupError, run, say
from setup.places import PYTHON, REQUIREMENTS

PIP: tuple[str | Path, ...] = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
RETRY = """Python packages could not be installed. Check the network and the disk (4 GB, with CUDA 7 GB), then
run the same command again: what was downloaded is kept."""
LIBRARIES = """The packages are installed, but this machine lacks a system library that one of them needs (named above).
On Debian and Ubuntu: sudo apt-get install libgl1 libglib2.0-0     Then run the same command again."""


def install() -> None:
    """Install everything but torch: runtime and development packages, from one lock file."""
    run([*PIP, "install", "--require-hashes", "-r", REQUIREMENTS / "dev.txt"], advice=RETRY)
    run([PYTHON, "-c", "import av, cv2, openvino, psycopg"], advice=LIBRARIES)


def install_torch() -> None:
    """Install torch alone; add its CUDA packages only where the build that was found cannot run without them."""
    if not _install_cpu_torch():
        run([*PIP, "install", "--no-deps", "--require-hashes", "-r", REQUIREMENTS / "torch.txt"], advice=RETRY)
    if not _imports("torch"):
        say("      this build of torch needs its CUDA packages; fetching them (several GB)")
        run([*PIP, "install", _torch_pin()], advice=RETRY)
    if not _imports("torch"):
        raise SetupError("torch is installed but not usable: `.venv/bin/python -c 'import torch'` says why.")


def _install_cpu_torch() -> bool:
    """Install the build without CUDA, a tenth of the size, where there is no GPU and pip's settings lead to one."""
    if shutil.which("nvidia-smi") or Path("/dev/nvidia0").exists():
        return False
    try:
        run([*PIP, "install", "--no-deps", "--require-hashes", "-r", REQUIREMENTS / "torch-cpu.txt"], advice=RETRY)
    except SetupError:
        return False
    return True


def _imports(name: str) -> bool:
    return subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def _torch_pin(requirements: Path = REQUIREMENTS / "torch.txt") -> str:
    found = re.search(r"^torch==[\w.]+", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError(f"{requirements} does not pin torch.")
    return found.group()
