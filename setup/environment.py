"""Makes the virtual environment `.venv`, also on a Debian that ships Python without it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

from setup.console import SetupError, run, say
from setup.places import PYTHON, VENV

NO_VENV = """This Python cannot make virtual environments: its parts `venv` and `ensurepip` are missing.
On Debian and Ubuntu: sudo apt-get install python3-venv     Then run the same command again."""


def make() -> None:
    """Make the environment unless a working one is there."""
    if works():
        return
    if importlib.util.find_spec("ensurepip") is None and not _is_debian_root():
        _make_without_ensurepip()
        return
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv_package()
    run([sys.executable, "-m", "venv", "--clear", VENV], advice=NO_VENV)


def works() -> bool:
    """Say whether the environment's Python runs, is new enough and has pip."""
    if not PYTHON.exists() or _was_moved():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def _was_moved() -> bool:
    """Say whether the environment was made at another place: its scripts name that place."""
    made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    return "command = " in made and str(VENV) not in made


def _is_debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install_venv_package() -> None:
    say("      python3-venv is missing; installing it with apt-get")
    run(["apt-get", "update"], advice=NO_VENV)
    run(["apt-get", "install", "-y", "--no-install-recommends", "python3-venv"], advice=NO_VENV)


def _make_without_ensurepip() -> None:
    """Use virtualenv or the system's own pip in place of ensurepip."""
    if importlib.util.find_spec("virtualenv"):
        run([sys.executable, "-m", "virtualenv", "--clear", VENV], advice=NO_VENV)
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("pip"):
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], advice=NO_VENV)
        run([sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"], advice=NO_VENV)
    else:
        raise SetupError(NO_VENV)
