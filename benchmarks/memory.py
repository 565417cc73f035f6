"""Memory of a long run: the process after 4 minutes, 40 minutes and 4 hours of recording, and its peak.

    python -m benchmarks.memory              4 hours of 25 faces in 720p: about twelve minutes on two quiet cores
    python -m benchmarks.memory --small      4 hours of 4 faces in 480 x 270, a tenth of the work

A minute is composed and written over and over without encoding it again, so time runs on as in one recording.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.lecture import FACES, FPS, repeat
from benchmarks.record import record
from inference.vision.gallery import compose, many_tiles
from inference.vision.weights import asset_path

MINUTES = (4, 40, 240)
SMALL_FACES, SMALL_SIZE, SMALL_FPS = 4, (480, 270), 5


def main() -> None:
    """Measure, print and record."""
    options = _options()
    if options.child:
        print(json.dumps(memory_mb(Path(options.child))))
        return
    found = _measured(is_small=options.small)
    figures = {f"lecture.{'small_' if options.small else ''}{key}": (value, "MB") for key, value in found.items()}
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    command = "python -m benchmarks.memory" + (" --small" if options.small else "")
    record(figures, command=command)


def memory_mb(path: Path) -> dict[str, int]:
    """Return what the process holds after so many minutes of the recording, and the most that it ever held, in MB."""
    from inference.vision.pipeline import Pipeline

    found: dict[str, int] = {}
    for part in Pipeline().run(path):
        if part.index + 1 in MINUTES:
            found[f"held_mb_{part.index + 1}min"] = _held_mb()
    found["peak_mb_4h"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def _held_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024**2


def _measured(*, is_small: bool) -> dict[str, int]:
    faces, size, fps = (SMALL_FACES, SMALL_SIZE, SMALL_FPS) if is_small else (FACES, (1280, 720), FPS)
    with tempfile.TemporaryDirectory() as folder:
        minute, long = Path(folder) / "minute.mp4", Path(folder) / "long.mp4"
        tiles = many_tiles(asset_path("clips/single_face.mp4").parent, faces)
        compose(minute, tiles, duration_s=60, fps=fps, size=size)
        repeat(minute, long, times=MINUTES[-1])
        command = [sys.executable, "-m", "benchmarks.memory", "--child", str(long)]
        child = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, int] = json.loads(child.stdout.splitlines()[-1])
    return answer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="few and small faces")
    parser.add_argument("--child", metavar="FILE", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
