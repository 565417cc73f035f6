"""Installs every compared program into an environment of its own below ``.peers``, which git ignores.

    python -m benchmarks.peers.install [NAME ...]

The versions are pinned, with all that they need, in ``requirements-<name>.txt``: their own pins exclude each other's.
torch is the CPU build that Lectern's set-up installs.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers.programs import INSTALLED

FOLDER = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    """Install the programs of ``names``, or all."""
    for name in names or known():
        print(f"installing {name} ...", flush=True)
        venv.create(INSTALLED / name, with_pip=True, clear=True)
        pip = [str(INSTALLED / name / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--requirement", str(FOLDER / f"requirements-{name}.txt")], check=True)


def known() -> list[str]:
    """Return the names of all environments."""
    return sorted(path.stem.removeprefix("requirements-") for path in FOLDER.glob("requirements-*.txt"))


if __name__ == "__main__":
    main(sys.argv[1:])
