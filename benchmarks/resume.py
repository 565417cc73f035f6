"""A recording of three hours whose worker is killed in the middle: it goes on, and how much it does twice.

    python -m benchmarks.resume              about ten minutes on two cores
    python -m benchmarks.resume --quick      ten minutes of recording, nothing recorded

A real worker of Celery on Postgres and Valkey of their own; SIGKILL takes all of its processes at once. The recording
shows one small face: long, but light. What is lost is what was read after the last stored part.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.lecture import repeat
from benchmarks.page import site
from benchmarks.record import record
from inference.vision.gallery import compose, many_tiles
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.resume"
PART_S, LEASE_S, PATIENCE_S = 60, 10, 3600
SIZE, FPS = (320, 180), 5
LATE_SHARE = 0.8


def main() -> None:
    """Measure, print and record."""
    options = _options()
    minutes = 10 if options.quick else 180
    with tempfile.TemporaryDirectory() as folder, site():
        figures = measure(Path(folder), minutes)
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    if not options.quick:
        record(figures, command=COMMAND)


def measure(folder: Path, minutes: int) -> dict[str, tuple[float, str]]:
    """Return the rows for results.json.

    Raises:
        SystemExit: the run failed, or did not go on.
    """
    from benchmarks.workers import _recording, _sent

    minute, long = folder / "minute.mp4", folder / "long.mp4"
    compose(minute, many_tiles(asset_path("clips/single_face.mp4").parent, 1), duration_s=PART_S, fps=FPS, size=SIZE)
    repeat(minute, long, times=minutes)
    first = _worker(folder, "first")
    run = _sent(_recording(long, minutes * PART_S), "gpu")
    _wait(run, lambda: run.parts_done >= 2)
    begun = time.monotonic()
    _wait(run, lambda: run.parts_done >= minutes // 2)
    # Late in the next part, so that much is lost.
    time.sleep(LATE_SHARE * (time.monotonic() - begun) / (minutes // 2 - 2))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    killed = time.monotonic()
    run.refresh_from_db()
    stored, read_s = run.parts_done, _read_s(run)
    second = _worker(folder, "second")
    try:
        _wait(run, lambda: run.parts_done > stored)
        away_s = time.monotonic() - killed
        _wait(run, lambda: not run.is_active)
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait()
    if (run.state, run.parts.count()) != (run.State.SUCCESS, minutes):
        raise SystemExit(f"{run.state}, {run.parts.count()} of {minutes} parts: {run.error_message}")
    return {
        "lecture.lost_s_after_kill": (round(max(read_s - stored * PART_S, 0.0), 1), "s"),
        "lecture.away_s_after_kill": (round(away_s, 1), "s"),
    }


def _worker(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """Start a worker with its beat, which finds runs that were left alone, in a process group of its own."""
    beat = ["-B", "-s", str(folder / f"{name}.schedule")]
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-Q", "gpu,cpu,io", "-c", "1", *beat]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [*command, "-l", "INFO", "--without-gossip", "--without-mingle"], stdout=log, stderr=log,
            env={**os.environ, "LECTERN_RUN_LEASE_S": str(LEASE_S)}, start_new_session=True,
        )  # fmt: skip


def _read_s(run: Any) -> float:
    """Return how far the run said that it had come, in seconds of the recording."""
    from inference.progress import START_OF_STAGE
    from inference.stages import FACES, SCORES

    share = (run.progress - START_OF_STAGE[FACES]) / (START_OF_STAGE[SCORES] - START_OF_STAGE[FACES])
    return float(share * run.recording.duration_s)


def _wait(run: Any, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        time.sleep(0.05)
        run.refresh_from_db()
        if run.state in {run.State.FAILURE, run.State.REVOKED} or time.monotonic() > deadline:
            raise SystemExit(f"{run.state}, {run.parts_done} parts: {run.error_code} {run.error_message}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short try, nothing recorded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
