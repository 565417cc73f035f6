"""The compared programs: what each is called, where it is installed, and how it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".peers"
HERE = "benchmarks.peers"


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its module here, the environment that it runs in ("" is Lectern's own), and further arguments."""

    module: str
    environment: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return INSTALLED / self.environment / "bin" / "python" if self.environment else Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said: seconds for the recording, faces in it, and boxes in each still."""

    wall_s: float
    processor_s: float
    faces: int
    stills: list[list[list[float]]]


def programs(weights: Path) -> dict[str, Program]:
    """Return Lectern and its peers by name."""
    return {
        "lectern": Program("lectern"),
        "opencv": Program("opencv", "opencv"),
        "fer": Program("fer_package", "fer"),
        "fer_mtcnn": Program("fer_package", "fer", ("mtcnn",)),
        "mediapipe": Program("mediapipe_tiles", "mediapipe", (str(weights / "face_landmarker.task"),)),
    }


def ask(program: Program, folder: Path, *, stills: int) -> Answer:
    """Run the program on the recording in ``folder`` and on so many of its stills.

    Raises:
        SystemExit: its environment is not installed, or it failed.
    """
    if not program.python.exists():
        raise SystemExit(f"{program.environment} is not installed: run python -m benchmarks.peers.install")
    # Threads that wait must not spin: on a busy machine that would count against a program and slow the others.
    settings = {"OMP_WAIT_POLICY": "PASSIVE", "TF_CPP_MIN_LOG_LEVEL": "2"}
    child = subprocess.run(
        [str(program.python), "-m", f"{HERE}.{program.module}", str(folder), str(stills), *program.arguments],
        cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if child.returncode:
        raise SystemExit(f"{program.module} failed; what it said stands above")
    return Answer(**json.loads(child.stdout.splitlines()[-1]))
