"""Writes the lock files anew: `python3 -m setup.lock`, or `make lock`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from setup.console import SetupError, run, say
from setup.places import REQUIREMENTS, ROOT

ADVICE = "The lock files were not written."
# Every platform and Python version in one file, with the hash of every build; no index address is written down.
FORM = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--upgrade")


def main() -> int:
    """Lock the Python packages and the browser packages. torch is pinned by hand: its builds differ by machine."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            _lock_python(Path(folder))
        say("Browser packages")
        run(["npm", "install", "--package-lock-only", "--ignore-scripts", "--prefix", ROOT], advice=ADVICE)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _lock_python(folder: Path) -> None:
    run([sys.executable, "-m", "venv", folder], advice=ADVICE)
    run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], advice=ADVICE)
    for name in ("base", "dev"):
        say(f"requirements/{name}.txt")
        source, target = REQUIREMENTS / f"{name}.in", REQUIREMENTS / f"{name}.txt"
        compiler: list[str | Path] = [folder / "bin" / "uv", "pip", "compile", *FORM, "--python-version", "3.11"]
        run([*compiler, source, "--output-file", target], advice=ADVICE)


if __name__ == "__main__":
    sys.exit(main())
